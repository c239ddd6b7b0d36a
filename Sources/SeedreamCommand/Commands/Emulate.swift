import ArgumentParser

#if Emulator
import SeedreamEmulator
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
        throw Unbuilt.emulator()
        #endif
    }
}
