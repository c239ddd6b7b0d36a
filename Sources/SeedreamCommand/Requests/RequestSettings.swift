#if Client
import SeedreamClient
import SeedreamModel

/// How `edit` and `generate` ask, from their options.
struct RequestSettings: Sendable {
    let setup: ClientSetup
    let provider: ProviderID
    let configuration: ClientConfiguration
    let destination: Destination
    let waits: Bool

    init(
        _ host: HostArguments, _ results: ResultArguments, _ client: ClientArguments, maximumBody: Int? = nil
    ) throws {
        setup = ClientSetup(client)
        provider = host.provider
        var configuration = setup.configuration
        configuration.baseURL = host.baseURL
        // The document holds the host's log.
        if results.json { configuration.wantsLogs = true }
        configuration.options = host.options
        configuration.isLenient = host.lenient
        configuration.imageTransport = host.transport
        if let maximumBody { configuration.maximumBodyBytes = maximumBody }
        configuration.price = results.price?.price
        configuration.budget = results.budget?.budget
        if let baseURL = host.baseURL, URLParts(baseURL) == nil {
            throw RequestError(
                field: "--base-url", message: "expected an http or https URL without user information",
                hint: "as `http://127.0.0.1:8080/fal`")
        }
        self.configuration = configuration
        destination = Destination(folder: results.output, template: results.name)
        try destination.check()
        waits = !results.noWait
    }

    var planner: SubmissionPlanner { SubmissionPlanner(provider, configuration: configuration) }
}
#endif
