import ArgumentParser
import SeedreamClient

/// `seedream providers`: what each host takes, gives and costs.
struct ShowProviders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Show the hosts, their limits and prices.",
        discussion: """
            A dash stands where no document says. Prices are estimates of the day beside them.

            Examples:
              seedream providers
              seedream providers --json
            """)

    @Flag(help: "One JSON document on stdout.")
    var json = false

    func run() throws {
        if json {
            try Terminal.print(JSON.document(ProviderReport()))
        } else {
            for line in ProviderTable.lines() { try Terminal.print(line) }
        }
    }
}
