import ArgumentParser

/// How a run of several requests goes on, and when it stops.
struct RunArguments: ParsableArguments {
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The run that this belongs to, by a name of yours.", valueName: "name"))
    var name: String?

    @Flag(help: "Send rows again that failed before.")
    var retryFailed = false

    @Flag(help: "Buy again what is open, unknown, or saved and lost.")
    var again = false

    @Option(help: ArgumentHelp("Stop after so many failed rows.", valueName: "n"))
    var maxFailures: Int?

    @Option(help: ArgumentHelp("Stop once this share failed, after 20 rows.", valueName: "0-1"))
    var maxFailureRate: Double?

    func validate() throws {
        if let maxFailures, maxFailures < 1 {
            throw ValidationError("--max-failures: expected 1 or more, found \(maxFailures)")
        }
        if let maxFailureRate, !(0...1).contains(maxFailureRate) {
            throw ValidationError("--max-failure-rate: expected 0 to 1, found \(maxFailureRate)")
        }
        if let name, name.isEmpty { throw ValidationError("--run: expected a name, found nothing") }
    }
}
