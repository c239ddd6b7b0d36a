import ArgumentParser
import SeedreamClient

/// How a request is named that the ledger does not know.
struct JobArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "Who was asked, where the ledger does not know the request.")
    var provider: ProviderID?

    @Option(
        help: ArgumentHelp(
            "With --provider: the model that was asked for (default: the provider's for edits).",
            valueName: "id"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The base URL that the request was sent to, if not the provider's own. A key goes nowhere else.",
            valueName: "url"))
    var baseURL: String?
}
