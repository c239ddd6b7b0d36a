import ArgumentParser

/// How hosts are reached and where jobs are kept: for every command that talks to one.
struct ClientArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The ledger of jobs (default: seedream/jobs.sqlite in the state folder).", valueName: "file"))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "Read the key from this file alone, NAME=value lines that only you can read (default: the environment, then seedream/keys in the configuration folder).",
            valueName: "file"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "A proxy for HTTP and HTTPS (default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY).", valueName: "url"))
    var proxy: String?

    @Option(help: ArgumentHelp("More certificates to trust, as PEM.", valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Seconds for one job, without the paid request itself; it stays in the ledger.",
            valueName: "seconds"))
    var timeout = 900.0

    @Option(
        help: ArgumentHelp(
            "Seconds that a paid request under way gets for its answer after Ctrl-C.", valueName: "seconds",
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
