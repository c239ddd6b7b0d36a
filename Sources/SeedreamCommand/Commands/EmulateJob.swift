#if Emulator
import ArgumentParser
import AtomicFiles
import ImageCodecs
import SeedreamEmulator

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Starts the emulator, says where it is, and keeps it until it is interrupted.
struct EmulateJob: Sendable {
    let command: Emulate

    /// Where everything is, for machines.
    private struct Announcement: Encodable {
        let schema = 1
        let port: Int
        let page: String
        let providers: [String: String]
        let certificateAuthority: String?
    }

    func run() async throws {
        let configuration = try configuration()
        let emulator: Emulator
        do {
            emulator = try await Emulator.start(configuration)
        } catch {
            Diagnostics().failure(
                "port \(command.port) of 127.0.0.1 cannot be opened: \(error)",
                hint: "choose another --port, or leave it out for a free one")
            throw ExitStatus.configuration.code
        }
        do {
            if let path = command.caFile, let pem = emulator.certificateAuthority {
                try write(pem, to: path)
            }
            try announce(emulator, configuration)
            var lines = RequestLines()
            for turn in 1... {
                // Throws when it is interrupted.
                try await Task.sleep(for: .milliseconds(500))
                if Terminal.isTerminal(2) { lines.print(await emulator.requests) }
                if turn.isMultiple(of: 4) { FreedMemory.giveBack() }
            }
        } catch is CancellationError {
            // The way it ends.
        } catch let code as ExitCode {
            await emulator.stop()
            throw code
        } catch let error as OutputError {
            await emulator.stop()
            throw StandardOutput.status(after: error).code
        }
        await emulator.stop()
    }

    private func configuration() throws -> EmulatorConfiguration {
        var configuration = EmulatorConfiguration()
        configuration.port = command.port
        configuration.usesTLS = command.tls
        configuration.credits = command.credits
        configuration.concurrentRuns = command.concurrentRuns
        configuration.keys = Set(command.key)
        configuration.queueTime = command.queueTime
        configuration.generationTime = command.generationTime
        if !command.provider.isEmpty {
            configuration.providers = Set(
                try command.provider.map { name in
                    guard let provider = EmulatedProvider(rawValue: name) else {
                        let names = EmulatedProvider.allCases.map(\.rawValue).joined(separator: ", ")
                        Diagnostics().failure(
                            "--provider: expected one of \(names), found \"\(name)\"", hint: nil)
                        throw ExitStatus.usage.code
                    }
                    return provider
                })
        }
        if let path = command.faults {
            guard let text = FileManager.default.contents(atPath: path) else {
                Diagnostics().failure(
                    "\(path): the rules cannot be read", hint: "is it a file that you may read?")
                throw ExitStatus.configuration.code
            }
            do {
                configuration.faults = try FaultFile(json: Array(text))
            } catch {
                Diagnostics().failure(
                    "\(path): \(FaultFile.explanation(of: error))",
                    hint: "the README lists the faults and their members")
                throw ExitStatus.configuration.code
            }
        }
        return configuration
    }

    private func write(_ pem: String, to path: String) throws {
        do throws(FileError) {
            try AtomicFile.write(Array(pem.utf8), to: path, overwriting: true)
        } catch {
            Diagnostics().failure(
                "\(path): the certificate cannot be written: \(error.reason)", hint: "name another --ca-file")
            throw ExitStatus.outputFailed.code
        }
    }

    private func announce(_ emulator: Emulator, _ configuration: EmulatorConfiguration) throws {
        let providers = EmulatedProvider.allCases.filter { configuration.providers.contains($0) }
        let page = "http://127.0.0.1:\(emulator.port)/"
        if command.json {
            let announcement = Announcement(
                port: emulator.port, page: page,
                providers: Dictionary(
                    uniqueKeysWithValues: providers.map { ($0.rawValue, emulator.url($0)) }),
                certificateAuthority: emulator.certificateAuthority)
            return try Terminal.print(JSON.line(announcement))
        }
        for provider in providers {
            let name = provider.rawValue
            let gap = String(repeating: " ", count: 11 - name.utf8.count)
            try Terminal.print("\(name)\(gap)\(emulator.url(provider))")
        }
        try Terminal.print("page       \(page)")
        if configuration.usesTLS {
            try Terminal.print(
                "proxy      HTTPS_PROXY=http://127.0.0.1:\(emulator.port), trusting \(command.caFile ?? page + "_emulator/ca.pem")"
            )
        }
        Terminal.note("stop it with Ctrl-C")
    }
}
#endif
