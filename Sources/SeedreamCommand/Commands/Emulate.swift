import ArgumentParser
import AtomicFiles
import ImageCodecs

#if Emulator
import SeedreamEmulator
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `seedream emulate`: the providers on this machine.
struct Emulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stand in for the providers on this machine, faults included.",
        discussion: """
            Listens on 127.0.0.1 only, and calls nothing but webhooks on this machine. The page at / shows what arrives.

            Examples:
              seedream emulate                              every provider, on a free port
              seedream emulate --port 8080 --provider fal   fal alone: http://127.0.0.1:8080/fal/run/fal-ai/...
              seedream emulate --tls --ca-file ca.pem       HTTPS and CONNECT too, for clients with fixed host names
              seedream emulate --faults faults.json         what goes wrong, by rule

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofEmulation))
            """)

    @Option(help: ArgumentHelp("The port; 0 for a free one.", valueName: "n"))
    var port = 0

    @Option(
        help: ArgumentHelp(
            "Stand in for this one only: fal, aiml, onerouter, apiframe or ark. May be repeated.",
            valueName: "name"))
    var provider: [String] = []

    @Option(help: ArgumentHelp("Rules for what goes wrong, as JSON.", valueName: "file"))
    var faults: String?

    @Flag(help: "Answer TLS and CONNECT as well, with a certificate made at the start.")
    var tls = false

    @Option(
        help: ArgumentHelp("Where to write the certificate that clients have to trust.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("Pictures that each account still pays for.", valueName: "n"))
    var credits: Int?

    @Option(
        help: ArgumentHelp(
            "The key that is taken; any without this option. May be repeated.", valueName: "key"))
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "Synchronous runs that fal takes at once; a new account has 2. No limit without this option.",
            valueName: "n"))
    var concurrentRuns: Int?

    @Option(help: ArgumentHelp("The shortest time in the queue.", valueName: "seconds"))
    var queueTime = 0.2

    @Option(help: ArgumentHelp("The shortest time that a picture takes.", valueName: "seconds"))
    var generationTime = 0.4

    @Flag(help: "One JSON document on stdout at the start: addresses and port.")
    var json = false

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port: expected 0 to 65535, found \(port)")
        }
        guard caFile == nil || tls else { throw ValidationError("--ca-file needs --tls") }
        guard (credits ?? 0) >= 0 else {
            throw ValidationError("--credits: expected 0 or more, found \(credits ?? 0)")
        }
        guard (concurrentRuns ?? 1) >= 1 else {
            throw ValidationError("--concurrent-runs: expected 1 or more, found \(concurrentRuns ?? 0)")
        }
        for (name, seconds) in [("--queue-time", queueTime), ("--generation-time", generationTime)] {
            guard seconds >= 0, seconds <= 86_400 else {
                throw ValidationError("\(name): expected 0 to 86400, found \(seconds)")
            }
        }
    }

    func run() async throws {
        #if Emulator
        let running = EmulateJob(command: self)
        try await Interruption.cancelling { try await running.run() }
        #else
        throw MissingTrait.emulator()
        #endif
    }
}

#if Emulator
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

#if Emulator
/// A line for each request that has been answered, on a terminal.
struct RequestLines {
    private var printed: Set<Int> = []
    private let style = Style(descriptor: 2)

    /// Prints what has been answered since the last call.
    mutating func print(_ requests: [RecordedRequest]) {
        for request in requests where !printed.contains(request.number) {
            guard let seconds = request.seconds else { continue }
            printed.insert(request.number)
            let name = request.operation ?? "\(request.method) \(request.target)"
            let status = request.status.map { "\($0)" } ?? "cut"
            let isGood = (200...299).contains(request.status ?? 0)
            let faults = request.faults.isEmpty ? "" : "  \(request.faults.joined(separator: ", "))"
            let shown: TerminalText = isGood ? "\(status)" : style.red("\(status)")
            let line: TerminalText =
                "\(request.number)  \(name)  \(shown)  \(Int(seconds * 1000)) ms\(faults)"
            Terminal.note(line)
        }
        // What the log has forgotten need not be remembered here.
        if let oldest = requests.first?.number { printed = printed.filter { $0 >= oldest } }
    }
}
#endif
