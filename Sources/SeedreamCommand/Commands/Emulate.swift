import ArgumentParser
import ImageCodecs
import Platform
import SeedreamModel

#if Emulator
import SeedreamEmulator
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `seedream emulate`: emulates the providers on this machine.
struct Emulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Emulate the providers on this machine, faults included.",
        discussion: """
            Listens on 127.0.0.1 only, and calls nothing but webhooks on this machine. The page at / shows the requests that arrive.

            Examples:
              seedream emulate                              every provider, on a free port
              seedream emulate --port 8080 --provider fal   fal alone, on port 8080
              seedream emulate --tls --ca-file ca.pem       also HTTPS and CONNECT
              seedream emulate --faults faults.json         faults by rule

            Exit codes: see `seedream help exit-codes`.
            """)

    @Option(help: ArgumentHelp("Port to listen on; 0: a free one.", valueName: "n"))
    var port = 0

    @Option(
        help: ArgumentHelp(
            "Emulate only this provider: fal, aiml, onerouter, apiframe or ark. May be repeated.",
            valueName: "name"),
        completion: .list(ProviderID.allCases.map(\.rawValue)))
    var provider: [String] = []

    @Option(help: ArgumentHelp("Rules for faults, as JSON.", valueName: "file"), completion: .files("json"))
    var faults: String?

    @Flag(
        help:
            "Also answer TLS and CONNECT, with a certificate made at the start, for clients with fixed host names."
    )
    var tls = false

    @Option(
        help: ArgumentHelp("Write the certificate that clients must trust to this file.", valueName: "file"),
        completion: .files("pem", "crt"))
    var caFile: String?

    @Option(
        help: ArgumentHelp("Images that each account can still pay for (default: no limit).", valueName: "n"))
    var credits: Int?

    @Option(
        help: ArgumentHelp(
            "Key to accept (default: any). May be repeated.", valueName: "key"))
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "Synchronous runs that fal accepts at once; a new account has 2 (default: no limit).",
            valueName: "n"))
    var concurrentRuns: Int?

    @Option(help: ArgumentHelp("Shortest time in the queue.", valueName: "seconds"))
    var queueTime = 0.2

    @Option(help: ArgumentHelp("Shortest time to generate an image.", valueName: "seconds"))
    var generationTime = 0.4

    @Flag(help: "Print one JSON document with addresses and port to stdout at the start.")
    var json = false

    @OptionGroup
    var terminal: TerminalArguments

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
/// Starts the emulator, prints its addresses, and runs it until interrupted.
struct EmulateJob: Sendable {
    let command: Emulate

    /// The addresses as JSON.
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
            for tick in 1... {
                // Throws on interruption.
                try await Task.sleep(for: .milliseconds(500))
                if Terminal.isTerminal(2) { lines.print(await emulator.requests) }
                if tick.isMultiple(of: 4) { FreedMemory.giveBack() }
            }
        } catch is CancellationError {
            // The regular end.
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
                    "\(path): the rules cannot be read", hint: "check that it is a file that you may read")
                throw ExitStatus.configuration.code
            }
            do {
                configuration.faults = try FaultFile(json: Array(text))
            } catch {
                Diagnostics().failure(
                    "\(path): \(FaultFile.explanation(of: error))",
                    hint: "docs/emulator.md lists the faults and their members")
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
/// Prints a line for each answered request on a terminal.
struct RequestLines {
    private var printed: Set<Int> = []
    private let style = Style(descriptor: 2)

    /// Prints the requests answered since the last call.
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
        // Requests that left the emulator's log need not be remembered here.
        if let oldest = requests.first?.number { printed = printed.filter { $0 >= oldest } }
    }
}
#endif
