import ArgumentParser
import Synchronization

/// Options for the connection to providers, the keys, the ledger and the terminal.
struct ClientArguments: ParsableArguments {
    @OptionGroup
    var network: NetworkArguments

    @OptionGroup
    var advanced: AdvancedArguments
}

extension ClientArguments {
    /// Joins the groups of a command that declares both, to hide one of them.
    init(_ network: NetworkArguments, _ advanced: AdvancedArguments) {
        self.init()
        self.network = network
        self.advanced = advanced
    }
}

/// Options for the connection to providers.
struct NetworkArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Time limit for a job, without the paid request itself.", valueName: "seconds"))
    var timeout = Seconds(900)

    @Option(
        help: ArgumentHelp(
            "Proxy for HTTP and HTTPS (default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY).", valueName: "url",
            visibility: .rare))
    var proxy: String?

    @Option(
        help: ArgumentHelp(
            "Additional certificates to trust, as PEM.", valueName: "file", visibility: .rare),
        completion: .files("pem", "crt", "cer"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Time that a paid request in flight gets to be answered after Ctrl-C.", valueName: "seconds",
            visibility: .rare))
    var grace = Seconds(25)

    func validate() throws {
        guard timeout.value > 0, timeout.value <= 86_400 else {
            throw ValidationError(
                "--timeout: expected more than 0 and at most 86400, found \(timeout.value)")
        }
        guard (0...3600).contains(grace.value) else {
            throw ValidationError("--grace: expected 0 to 3600, found \(grace.value)")
        }
    }
}

/// Options for the ledger, the keys and the terminal.
struct AdvancedArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ledger of jobs: a file, or a postgresql:// URL (default: seedream/jobs.sqlite in the state folder).",
            valueName: "file"),
        completion: .files("sqlite"))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "Read keys only from this file of NAME=value lines, which only you may read (default: the environment, then seedream/keys in the configuration folder).",
            valueName: "file"),
        completion: .file())
    var keyFile: String?

    @Flag(name: .shortAndLong, help: "Log each call to stderr: operation, status, request id.")
    var verbose = false

    @OptionGroup
    var terminal: TerminalArguments
}

/// Whether stdout has a JSON document. A command and its subcommands share the value if it is in a
/// group of options, as the parser decodes each group once.
struct DocumentArguments: ParsableArguments {
    @Flag(help: "Print one JSON document to stdout.")
    var json = false
}

/// Options for the output on a terminal.
struct TerminalArguments: ParsableArguments {
    @Option(help: "Colour in text; by default on a terminal, unless NO_COLOR is set.")
    var color = TerminalColor.auto

    /// Applies the options to the process, before the command runs and prints.
    func validate() { Terminal.color.withLock { $0 = color } }
}
