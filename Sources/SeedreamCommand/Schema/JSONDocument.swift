import SeedreamClient
import SeedreamKit
import SeedreamModel

/// Each JSON document that the command prints or writes, with its schema.
///
/// One table, so that every document and its keys are found in one place; it is long for this
/// reason.
enum JSONDocument: String, CaseIterable {
    case preparation
    case preparationRecord = "preparation-record"
    case jobs
    case plan
    case row
    case summary
    case results
    case runs
    case prune
    case page
    case sidecar
    case providers
    case models
    case configuration
    case emulator
    case help
    case schemas
    case error

    /// What the document is.
    var summary: String {
        switch self {
        case .preparation: "The images that were prepared, or would be, and the inputs that cannot be used."
        case .preparationRecord: "One image or input: a line of a stream."
        case .jobs: "Jobs with their state, their files and their errors."
        case .plan: "The requests that would be sent, without keys and payloads, and their cost."
        case .row: "One row of a run: a line of a stream. Fields of the manifest follow the keys listed here."
        case .summary: "The last line of a worker: the number of rows in each state, and the exit code."
        case .results: "The first line of a results file, which ties it to one manifest."
        case .runs: "Runs with the number of their rows in each state."
        case .prune: "The number of jobs whose prompts, paths and URLs were removed."
        case .page: "The page that was written."
        case .sidecar: "The origin of an image."
        case .providers: "The providers with their limits and prices."
        case .models: "The known models of each provider, with the source of each fact."
        case .configuration: "The settings, and where each comes from."
        case .emulator: "The addresses of the emulated providers."
        case .help: "The commands with their options, the exit codes, and the environment."
        case .schemas: "The documents that have a schema."
        case .error: "The error of a command that printed no other document; in a stream, its last line."
        }
    }

    /// The command lines that print it.
    var commands: [String] {
        switch self {
        case .preparation: ["prep --json", "inspect --json"]
        case .preparationRecord: ["prep --ndjson", "inspect --ndjson"]
        case .jobs:
            [
                "edit --json", "generate --json", "jobs --json", "resume --json", "status --json",
                "result --json", "cancel --json", "jobs settle --json",
            ]
        case .plan: ["edit --dry-run --json", "generate --dry-run --json"]
        case .row: ["batch --ndjson", "edit --each --ndjson", "worker"]
        case .summary: ["worker"]
        case .results, .sidecar: []
        case .runs: ["runs --json", "resume RUN --json"]
        case .prune: ["jobs prune --json"]
        case .page: ["report --json"]
        case .providers: ["providers --json"]
        case .models: ["models --json"]
        case .configuration: ["config --json"]
        case .emulator: ["emulate --json"]
        case .help: ["help --json"]
        case .schemas: ["schema --json"]
        case .error: ["every command with --json or --ndjson"]
        }
    }

    /// The file that holds it; `nil` if it is only printed.
    var file: String? {
        switch self {
        case .sidecar: "the .json next to each result"
        case .results: "the first line of batch --results"
        case .row: "the other lines of batch --results"
        default: nil
        }
    }

    /// The documents that a command prints.
    static func printed(by command: String) -> [JSONDocument] {
        let own = allCases.filter { document in
            document.commands.contains { Self.command(of: $0) == command }
        }
        return own.isEmpty ? [] : own + [.error]
    }

    /// Returns the command of a command line: its words before the first option and value.
    private static func command(of line: String) -> String {
        line.split(separator: " ").prefix { $0.first?.isLowercase == true }.joined(separator: " ")
    }

    // MARK: Schemas

    /// The complete schema.
    var schema: JSONValue {
        var members = root.members
        members["$schema"] = Self.dialect
        members["title"] = .string(rawValue)
        members["description"] = .string(summary)
        let definitions = Schema.definitions(of: [root])
        if !definitions.isEmpty { members["$defs"] = .object(definitions) }
        return .object(members)
    }

    /// The schemas of all documents, as the definitions of one schema.
    static var all: JSONValue {
        var definitions = Schema.definitions(of: allCases.map(\.root))
        for document in allCases {
            definitions[document.rawValue] = document.root.about(document.summary).value
        }
        return [
            "$schema": dialect, "title": "seedream",
            "description": "Every document that seedream prints or writes, by its name in $defs.",
            "anyOf": .array(allCases.map { ["$ref": .string("#/$defs/\($0.rawValue)")] }),
            "$defs": .object(definitions),
        ]
    }

    private static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

    private static let version = Schema.Property.always(
        "schema", .constant(1, "The version of the format; it changes only if readers would break."))
    private static let failure = Schema.Property.maybe(
        "error", .definition(.commandError, "Only if nothing could be done, or a run stopped early."))

    private var root: Schema {
        switch self {
        case .preparation: Self.preparationSchema
        case .preparationRecord:
            .one(of: [.definition(.image), .definition(.failedInput), .definition(.skippedInput)])
        case .jobs: Self.jobsSchema
        case .plan: Self.planSchema
        case .row: Self.rowSchema
        case .summary: Self.summarySchema
        case .results:
            .object([
                Self.version, .always("type", .constant("results")),
                .always("manifest", .text("The name of the manifest.")),
                .maybe("sha256", .digest("The SHA-256 of the manifest; missing for standard input")),
            ])
        case .runs: Self.runsSchema
        case .prune:
            .object([Self.version, .always("jobs", .integer("The number of jobs."))])
        case .page:
            .object([
                Self.version, .always("path", .text("The path of the page.")),
                .always("rows", .integer("The number of rows on the page.")),
                .always("leftOut", .integer("The number of rows that the page has no room for.")),
                .always("bytes", .integer("The length of the page, in bytes.", from: 1)),
            ])
        case .sidecar: Self.sidecarSchema
        case .providers: Self.providersSchema
        case .models: .object([Self.version, .always("models", .list(of: ModelSchema.model))])
        case .configuration: Self.configurationSchema
        case .emulator:
            .object([
                Self.version, .always("port", .integer("The port on 127.0.0.1.", from: 1, to: 65_535)),
                .always("page", .text("The address of the page that shows the requests.", format: "uri")),
                .always(
                    "providers",
                    .map(
                        of: .text("The base URL.", format: "uri"), names: .words(of: ProviderID.self),
                        "The base URL of each provider.")),
                .maybe("certificateAuthority", .text("The certificate to trust, as PEM; with --tls.")),
            ])
        case .help: Self.helpSchema
        case .schemas:
            .object([
                Self.version,
                .always(
                    "documents",
                    .list(
                        of: .object([
                            .always("name", .words(of: JSONDocument.self)),
                            .always("summary", .text("What the document is.")),
                            .always("commands", .list(of: .text(), "The command lines that print it.")),
                            .maybe("file", .text("The file that holds it.")),
                        ]))),
            ])
        case .error:
            .object([
                Self.version, .always("type", .constant("error")),
                .always("error", .definition(.commandError)),
            ])
        }
    }

    private static let dropped = Schema.Property.always("dropped", .list(of: .definition(.droppedInput)))
    private static let failed = Schema.Property.always(
        "failed", .list(of: .definition(.failedInput), "The inputs that cannot be used."))

    /// Shared by the document of `prep` and the plans of requests.
    private static let preparationSchema = Schema.object([
        version,
        .always("images", .list(of: .definition(.image), "In the order of the inputs.")),
        failed, dropped,
        .maybe(
            "skipped", .list(of: .definition(.skippedInput), "The inputs whose output files exist.")),
        .always(
            "totals",
            .object([
                .always("images", .integer()), .always("failed", .integer()), .always("dropped", .integer()),
                .always("preparedBytes", .integer("The encoded size of all images, in bytes; 0 in a plan.")),
                .always(
                    "dataURIBytes", .integer("The length of all data URIs, in characters; 0 in a plan.")),
            ])),
        failure,
    ])

    private static let jobsSchema = Schema.object([
        version, .always("jobs", .list(of: .definition(.job))), failed, dropped,
        .always(
            "totals",
            .object([
                .always("jobs", .integer()), .always("saved", .integer()),
                .always("failed", .integer("Jobs that failed or were cancelled.")),
                .always("unknown", .integer("Jobs whose outcome is unknown.")),
                .always("skipped", .integer("Rows of a run that were saved before.")),
                .always("pictures", .integer("The saved images.")),
            ])),
        .always("cost", .definition(.costs)),
        failure,
    ])

    private static let planSchema = Schema.object([
        version,
        .always(
            "requests",
            .list(
                of: .object([
                    .always(
                        "request",
                        .object([
                            .always("provider", .words(of: ProviderID.self)),
                            .always("model", .text("The provider's id of the model.")),
                            .always("url", .text("The complete URL.", format: "uri")),
                            .always(
                                "headers",
                                .map(of: .text(), "The provider's own header fields, without the key.")),
                            .always(
                                "body",
                                .any("The body; a data URI is shown as its prefix and number of bytes.")),
                            .always("bodyBytes", .integer("The length of the body, in bytes.")),
                            .always("uploads", .integer("The number of images to upload first.")),
                            .maybe(
                                "predictedSize",
                                .object(
                                    "The expected size of a result, in px.",
                                    [
                                        .always("width", .integer(from: 1)),
                                        .always("height", .integer(from: 1)),
                                    ])),
                            .always("minimumOutputs", .integer("The fewest images in the result.")),
                            .always("maximumOutputs", .integer("The most images in the result.")),
                            .maybe("price", .definition(.price)),
                            .maybe("rule", ModelSchema.rule),
                            .maybe(
                                "worstCost", .number("The largest possible cost, in the unit of the price.")),
                            .always(
                                "warnings",
                                .list(
                                    of: .object([
                                        .always("code", .words(of: RequestWarning.Code.self)),
                                        .always("field", .text("The setting that it is about.")),
                                        .always("message", .text("One line.")),
                                    ]))),
                        ])),
                    .maybe("preparation", preparationSchema),
                ]))),
        failed,
        .maybe(
            "worstCost",
            .number("The largest possible cost of all requests; missing if a price is unknown.")),
    ])

    private static let rowSchema = Schema.object(
        [
            .always("type", .constant("row")),
            .maybe("id", .text("The id of the row; missing if its line cannot be read.")),
            .maybe("line", .integer("The line of the manifest, from 1.", from: 1)),
            .maybe("operation", .words(of: RowOperation.self)),
            .always("state", .words(of: RowState.self)),
            .maybe("prompt", .text("The prompt.")),
            .maybe("run", .text("The name or the id of the run.")),
            .maybe("job", .text("The id of the job in the ledger.")),
            .maybe("provider", .words(of: ProviderID.self)),
            .maybe("model", .text("The provider's id of the model.")),
            .maybe("requestID", .text("The provider's id of the request.")),
            .maybe("seed", .integer("The seed that the provider used.", from: nil)),
            .maybe("attempts", .integer("The number of attempts; missing if they are not counted.", from: 1)),
            .always("files", .list(of: .definition(.savedFile))),
            .maybe("image", .definition(.image)),
            .maybe("cost", .definition(.cost)),
            .maybe("error", .definition(.error)),
            .maybe(
                "carried",
                .map(of: .any("A value."), "Fields of the manifest whose names equal one of these keys.")),
        ]
    ).open

    private static let summarySchema = Schema.object([
        version, .always("type", .constant("summary")),
        .always("rows", .integer("The number of rows that were answered.")),
        .always(
            "states",
            .map(of: .integer(), names: .words(of: RowState.self), "The number of rows in each state.")),
        .always("seconds", .number("The time since the start, in seconds.")),
        .always("peakMemory", .integer("The largest resident memory of the process, in bytes.")),
        .always("exitCode", .integer("The exit code of the command.", to: 255)),
        .maybe("error", .definition(.commandError, "Why not all lines were read.")),
    ])

    private static let runsSchema = Schema.object([
        version,
        .always(
            "runs",
            .list(
                of: .object([
                    .always("id", .text("16 hexadecimal digits.", pattern: "^[0-9a-f]{16}$")),
                    .maybe("name", .text("The name, if one was given.")),
                    .always("command", .words(["edit", "generate", "batch", "worker"])),
                    .always("sources", .list(of: .text(), "Where the rows come from.")),
                    .always("destination", .text("The folder for results.")),
                    .always("origin", .text("The address of the provider.")),
                    .always("created", .time("When the run began")),
                    .always("updated", .time("When a command last continued it")),
                    .always(
                        "rows",
                        .object(
                            "The number of rows in each state.",
                            RowState.allCases.map { .always($0.rawValue, .integer()) })),
                    .always("cost", .definition(.costs)),
                ]))),
        failure,
    ])

    private static let sidecarSchema = Schema.object([
        version,
        .always(
            "toolkit", .text("The software and its version, such as seedreamkit/\(SeedreamVersion.current).")),
        .always("provider", .words(of: ProviderID.self)),
        .always("model", .text("The provider's id of the model.")),
        .always("operation", .words(of: GenerationOperation.self)),
        .always("prompt", .text("The prompt.")),
        .maybe("revisedPrompt", .text("The prompt as the provider revised it.")),
        .always("jobID", .text("The id of the job in the ledger.")),
        .maybe("requestID", .text("The provider's id of the request.")),
        .always("created", .time("When the job was recorded")),
        .maybe("seed", .integer("The seed that the provider used.", from: nil)),
        .always("usage", .definition(.usage)),
        .always("index", .integer("The index of the image in the result, from 0.")),
        .maybe("source", .text("The URL of the image without its query; missing if it came in the reply.")),
        .maybe("layer", layer),
        .always(
            "file",
            .object([
                .always("name", .text("The file's name.")),
                .always("mediaType", .text("The media type, determined from the content.")),
                .maybe("width", .integer("The width, in px.", from: 1)),
                .maybe("height", .integer("The height, in px.", from: 1)),
                .always("bytes", .integer("The length of the file, in bytes.")),
                .always("sha256", .digest("The SHA-256 of the file")),
                .maybe("notice", .text("What is unusual about the file.")),
            ])),
        .always("inputs", .list(of: .definition(.input))),
    ])

    private static let layer = Schema.object(
        "The place of an image in a stack of layers.",
        [
            .always("order", .integer("0 for the base image, larger for layers above.")),
            .maybe("box", range("Left, top, right and bottom within the base image, in px.")),
            .maybe("boxPermille", range("The same in thousandths of the base image's sides.")),
            .maybe("name", .text("The name of the layer.")),
            .maybe("details", .text("What it shows.")),
        ])

    private static func range(_ about: String) -> Schema { .list(of: .integer(), about) }

    private static let providersSchema = Schema.object([
        version,
        .always(
            "providers",
            .list(
                of: .object([
                    .always("name", .words(of: ProviderID.self)),
                    .always("displayName", .text("The provider's own spelling.")),
                    .always("keyVariables", .list(of: .text(), "The variables that hold the key.")),
                    .always("editModel", .text("The default model for edits.")),
                    .always("generateModel", .text("The default model for a prompt alone.")),
                    .always("maximumImages", .integer("The most input images of one request.")),
                    .always(
                        "counts",
                        range(
                            "The fewest and the most generations; only the fewest if no document limits them."
                        )),
                    .always(
                        "imagesPerGeneration", range("The fewest and the most images of one generation.")),
                    .maybe("maximumInputsAndOutputs", .integer("The most inputs and outputs together.")),
                    .maybe("promptCharacters", .integer("The longest prompt, in characters.")),
                    .maybe("sides", range("The shortest and the longest side of a result, in px.")),
                    .maybe("area", range("The smallest and the largest area of a result, in px².")),
                    .maybe("uploadBytes", .integer("The largest upload, in bytes; missing without uploads.")),
                    .always("inlineResults", .flag("Whether results can come inside the reply.")),
                    .always("webhooks", .flag("Whether there are webhooks.")),
                    .always("jobs", .flag("Whether a request becomes a job that is polled.")),
                    .always("cancellation", .flag("Whether a job can be cancelled.")),
                    .always("idempotencyKeys", .flag("Whether a repeated request is bought once.")),
                    .maybe("resultLifetime", .number("How long a result is kept, in seconds.")),
                    .maybe("price", .definition(.price)),
                ]))),
    ])

    private static let configurationSchema = Schema.object([
        version,
        .always(
            "file",
            .object([
                .always("path", .text("The path of the configuration file.")),
                .always("exists", .flag("Whether there is one.")),
            ])),
        .always(
            "settings",
            .list(
                of: .object([
                    .always("key", .words(SettingKey.allCases.map(\.rawValue))),
                    .maybe("provider", .words(of: ProviderID.self)),
                    .maybe("operation", .words(of: GenerationOperation.self)),
                    .maybe("value", .text("The value; missing without a value, and for the provider's own.")),
                    .always(
                        "source", .text("The name of the variable, the path of the file, or default.")),
                ]))),
    ])

    private static let helpSchema = Schema.object([
        version, .always("version", .text("The version of the command.")),
        .always(
            "commands",
            .list(
                of: .object([
                    .always("name", .text("The words of the command, such as seedream jobs settle.")),
                    .always("summary", .text("What it does.")),
                    .maybe("discussion", .text("More about it, with examples.")),
                    .always("subcommands", .list(of: .text(), "The names of its subcommands.")),
                    .always(
                        "documents",
                        .list(of: .words(of: JSONDocument.self), "What it prints with --json or --ndjson.")),
                    .always(
                        "arguments",
                        .list(
                            of: .object([
                                .always("kind", .words(of: HelpDocument.Argument.Kind.self)),
                                .always(
                                    "names",
                                    .list(of: .text(), "The spellings; empty for a positional argument.")),
                                .maybe("value", .text("The name of its value; missing for a flag.")),
                                .maybe("help", .text("What it does.")),
                                .maybe(
                                    "values",
                                    .list(of: .text(), "The words that it takes, if they are limited.")),
                                .maybe("default", .text("The value that holds without it.")),
                                .maybe("group", .text("The group in the help.")),
                                .always("isRequired", .flag("Whether the command fails without it.")),
                                .always("isRepeatable", .flag("Whether it may be given several times.")),
                                .always("isHidden", .flag("Whether only --help-hidden shows it.")),
                            ]))),
                ]))),
        .always(
            "exitCodes",
            .list(
                of: .object([
                    .always("code", .integer(to: 255)), .always("meaning", .text()),
                ]))),
        .always(
            "environment",
            .list(
                of: .object([
                    .always("name", .text("The variable.")), .always("effect", .text("What it does.")),
                ]))),
    ])
}
