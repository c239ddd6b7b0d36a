import ImageCodecs
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// The parts that several documents share, in `$defs` of their schemas.
enum SchemaDefinition: String, CaseIterable {
    case error = "error-record"
    case commandError = "command-error"
    case image
    case failedInput = "failed-input"
    case skippedInput = "skipped-input"
    case droppedInput = "dropped-input"
    case job
    case input
    case savedFile = "saved-file"
    case usage
    case cost
    case costs
    case price

    var schema: Schema {
        switch self {
        case .error: .object("The error of a job or of a row.", Self.errorProperties)
        case .commandError:
            .object(
                "The error that the command ended with.",
                Self.errorProperties + [.always("exitCode", .integer("The exit code.", from: 1, to: 255))])
        case .image: Self.imageSchema
        case .failedInput: Self.failedInputSchema
        case .skippedInput:
            .object(
                "An input whose output file exists.",
                [.always("status", .constant("skipped"))] + Self.place + [
                    .always("name", .text("The name of the input.")),
                    .always("path", .text("The path of the existing file.")),
                ])
        case .droppedInput:
            .object(
                "An input that one request has no room for.",
                [
                    .always("index", .integer("The index of the input, from 0.")),
                    .always("name", .text("The name of the input.")),
                ])
        case .job: Self.jobSchema
        case .input:
            .object(
                "An input of a request.",
                [
                    .always("index", .integer("The index of the input, from 0.")),
                    .always("name", .text("The name as given: a path, or a URL without its query.")),
                    .maybe("sha256", .digest("The SHA-256 of the bytes sent")),
                    .maybe("action", .words(of: Action.self, "How the input was prepared.")),
                    .always("reasons", .list(of: .words(of: Reason.self))),
                    .maybe("width", .integer("The width of the image sent, in px.")),
                    .maybe("height", .integer("The height of the image sent, in px.")),
                ])
        case .savedFile:
            .object(
                "A saved image.",
                [
                    .always("index", .integer("The index of the image in the result, from 0.")),
                    .always("path", .text("The path of the file.")),
                    .always("mediaType", .text("The media type, determined from the content.")),
                    .maybe("width", .integer("The width, in px; missing if the image was not decoded.")),
                    .maybe("height", .integer("The height, in px; missing if the image was not decoded.")),
                    .always("bytes", .integer("The length of the file, in bytes.")),
                    .always("sha256", .digest("The SHA-256 of the file")),
                    .maybe("notice", .text("What is unusual about the file.")),
                    .maybe("modified", .number("When the file was modified, in seconds since 1970.")),
                ])
        case .usage:
            .object(
                "What the provider counted; a value that it does not report is missing.",
                [
                    .maybe("credits", .number("Credits.")),
                    .maybe("tokens", .integer("Tokens.")),
                    .maybe("billableUnits", .number("Billable units of fal.")),
                    .maybe("usDollars", .number("US dollars.")),
                ])
        case .cost:
            .object(
                "What a request cost.",
                [
                    .always("amount", .number("The amount, in its unit.")),
                    .always("unit", .words(of: Price.Unit.self)),
                    .always("estimate", .flag("Whether it was computed from a price instead of reported.")),
                ])
        case .costs:
            .map(
                of: .number("The amount."), names: .words(of: Price.Unit.self),
                "The largest possible cost, by unit, as far as prices are known.")
        case .price:
            .object(
                "The price of one image.",
                [
                    .always("amount", .number("The amount, in its unit.")),
                    .always("unit", .words(of: Price.Unit.self)),
                    .always("date", .text("The day on which the price was read; empty for an own price.")),
                    .always("source", .text("Where the price was read.")),
                ])
        }
    }

    private static let errorProperties: [Schema.Property] = [
        .always(
            "category",
            .words(
                Array(
                    Set(
                        ClientError.Category.allCases.map(\.rawValue)
                            + LocalErrorCategory.allCases.map(\.rawValue))
                ).sorted(), "The class of the error.")),
        .maybe("provider", .words(of: ProviderID.self, "The provider that the error is from.")),
        .maybe("operation", .text("The call that failed, such as fal.submit.")),
        .maybe("status", .integer("The HTTP status.", from: 100, to: 999)),
        .maybe("code", .text("The provider's word; for an input, one of the error codes.")),
        .always("message", .text("What was expected and found, on one line.")),
        .maybe("field", .text("The field or the option that the error is about.")),
        .maybe("requestID", .text("The provider's id of the request.")),
        .maybe("purchase", .words(of: ClientError.Purchase.self, "Whether anything was bought.")),
        .maybe("hint", .text("What to do, on one line.")),
    ]

    private static let place: [Schema.Property] = [
        .always("index", .integer("The index of the input, from 0.")),
        .always("position", .integer("The N of \"image N\" in a prompt.", from: 1)),
    ]

    private static let failedInputSchema = Schema.object(
        "An input that cannot be used.",
        [.always("status", .constant("failed"))] + place + [
            .always("name", .text("The name of the input.")),
            .always(
                "error",
                .object([
                    .always("code", .words(of: ErrorCode.self)),
                    .always("message", .text("What was expected and found, on one line.")),
                    .always("hint", .text("What to do, on one line.")),
                ])),
        ])

    private static let imageSchema = Schema.object(
        "An image that was prepared, or its plan.",
        [.always("status", .words(["prepared", "planned"]))] + place + [
            .always(
                "source",
                .object(
                    "The properties in the header of the input.",
                    [
                        .always("name", .text("The name of the input.")),
                        .always("format", .words(of: ImageFormat.self)),
                        .always("width", .integer("The stored width, in px.", from: 1)),
                        .always("height", .integer("The stored height, in px.", from: 1)),
                        .always("orientation", .integer("The EXIF orientation.", from: 1, to: 8)),
                        .always("bytes", .integer("The encoded size, in bytes.")),
                        .maybe("colorProfile", .text("The description of the embedded ICC profile.")),
                        .maybe("colorOrigin", .text("Another source of the colour space.")),
                        .always("alpha", .flag("Whether anything can be transparent.")),
                        .always("colorModel", .words(of: ImageProbe.ColorModel.self)),
                        .always("bitDepth", .integer("Bits of one sample.", from: 1, to: 32)),
                        .maybe("chromaSubsampling", .text("Such as 4:2:0.")),
                        .always("progressive", .flag("Whether it is progressive or interlaced.")),
                        .always("frames", .integer("The number of images in the file.", from: 1)),
                        .maybe("quality", .integer("The estimated JPEG quality.", from: 1, to: 100)),
                    ])),
            .always("action", .words(of: Action.self)),
            .always(
                "reasons", .list(of: .words(of: Reason.self), "Why the image differs from the input.")),
            .always(
                "notices",
                .list(
                    of: .object([
                        .always("code", .words(of: Notice.Code.self)),
                        .always("message", .text("The notice with its numbers, on one line.")),
                    ]))),
            .maybe("checked", .words(of: CheckLevel.self, "How far the input was checked; not in a plan.")),
            .maybe("bytesIdentical", .flag("Whether the bytes are the input's; not in a plan.")),
            .maybe(
                "unknown",
                .list(of: .words(of: PlannedImage.Unknown.self), "What a header does not tell; in a plan.")),
            .always(
                "prepared",
                .object(
                    "The image that is or would be sent.",
                    [
                        .always("mediaType", .words(of: MediaType.self)),
                        .always("width", .integer("The width, in px.", from: 1)),
                        .always("height", .integer("The height, in px.", from: 1)),
                        .maybe("bytes", .integer("The encoded size, in bytes; not in a plan.", from: 1)),
                        .maybe("sha256", .digest("The SHA-256 of the bytes; not in a plan")),
                        .maybe(
                            "dataURILength",
                            .integer("The length of the data URI, in characters; not in a plan.")),
                        .maybe("path", .text("The path of the written file.")),
                    ])),
        ])

    private static let jobSchema = Schema.object(
        "A job.",
        [
            .always("id", .text("The id in the ledger.")),
            .always("provider", .words(of: ProviderID.self)),
            .always("model", .text("The provider's id of the model.")),
            .always("operation", .words(of: GenerationOperation.self)),
            .always("prompt", .text("The prompt; empty if it was removed.")),
            .always("state", .words(of: JobState.self)),
            .always("created", .time("When the job was recorded")),
            .maybe("requestID", .text("The provider's id of the request.")),
            .maybe("seed", .integer("The seed that the provider used.", from: nil)),
            .maybe("usage", .definition(.usage)),
            .maybe("cost", .definition(.cost)),
            .always("inputs", .list(of: .definition(.input))),
            .always("files", .list(of: .definition(.savedFile))),
            .maybe(
                "locations",
                .list(of: .text(), "Where the images are that the provider made: URLs, or files here.")),
            .maybe("logs", .list(of: .text(), "The provider's log, if it was requested.")),
            .always(
                "failures",
                .list(of: .text(), "The images that the provider failed to generate, in its words.")),
            .maybe("error", .definition(.error, "The last error of the job.")),
            .maybe(
                "settlement",
                .words(of: JobRecord.Settlement.self, "What a person recorded about an unknown outcome.")),
            .maybe(
                "cancellation",
                .words(of: CancellationOutcome.self, "The provider's answer to the cancellation.")),
            .maybe(
                "host",
                .object(
                    "The provider's answer about the job.",
                    [
                        .always(
                            "phase",
                            .text(
                                "queued, running, completed, failed, cancelled, or the provider's own word.")),
                        .maybe("position", .integer("The position in the queue, from 0.")),
                        .maybe("progress", .number("The part that is done.", to: 1)),
                        .always("logs", .list(of: .text(), "The provider's log.")),
                    ])),
        ])
}
