import ArgumentParser

/// Options for the connection to providers, the keys and the ledger.
struct ClientArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ledger of jobs (default: seedream/jobs.sqlite in the state folder).", valueName: "file"))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "Read keys only from this file of NAME=value lines, which only you may read (default: the environment, then seedream/keys in the configuration folder).",
            valueName: "file"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "Proxy for HTTP and HTTPS (default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY).", valueName: "url"))
    var proxy: String?

    @Option(help: ArgumentHelp("Additional certificates to trust, as PEM.", valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Time limit for one job, not counting the paid request; after it the job stays open in the ledger.",
            valueName: "seconds"))
    var timeout = 900.0

    @Option(
        help: ArgumentHelp(
            "Time that a paid request in flight gets to be answered after Ctrl-C.", valueName: "seconds",
            visibility: .hidden))
    var grace = 25.0

    @Flag(name: .shortAndLong, help: "Log each call to stderr: operation, status, request id.")
    var verbose = false

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout: expected more than 0 and at most 86400, found \(timeout)")
        }
        guard (0...3600).contains(grace) else {
            throw ValidationError("--grace: expected 0 to 3600, found \(grace)")
        }
    }
}
