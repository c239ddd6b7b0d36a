import SeedreamClient
import SeedreamModel

/// The class of an error that was found here, not by a provider. `ClientError.Category` holds the
/// other words of ``ErrorDocument/category``.
enum LocalErrorCategory: String, CaseIterable {
    /// The command line is wrong.
    case usage
    /// A setting of the request is wrong.
    case request
    /// The request would exceed the budget.
    case budget
    /// The ledger cannot be used, or does not hold what was asked for.
    case ledger
    /// The key is missing or unusable.
    case key
    /// An input cannot be used.
    case input
    /// A row of a manifest, or the manifest, cannot be used.
    case manifest
    /// A result cannot be written.
    case output
    /// The configuration is wrong, or this build or this machine lacks something.
    case configuration
    /// The machine has too few resources at the moment, or another process works on the same.
    case resources
    /// The outcome of a purchase is not known.
    case outcomeUnknown = "outcome-unknown"
    /// The command was interrupted.
    case interrupted

    /// The category of an error of which only the exit code is known.
    init(_ status: ExitStatus) {
        self =
            switch status {
            case .usage: .usage
            case .done, .someFailed, .noUsableInput: .input
            case .outputFailed: .output
            case .tryAgainLater: .resources
            case .outcomeUnknown: .outcomeUnknown
            case .credentials: .key
            case .configuration: .configuration
            case .providerUnavailable, .refusedByProvider: .request
            case .overBudget: .budget
            case .interrupted, .terminated: .interrupted
            }
    }
}

/// An error in JSON. All documents of the command have errors of this form.
struct ErrorDocument: Encodable {
    /// A word of `ClientError.Category` or of ``LocalErrorCategory``; empty until the exit code
    /// determines it.
    var category: String
    /// The provider that the error is from.
    var provider: ProviderID?
    /// The call that failed, such as `fal.submit`.
    var operation: String?
    /// The HTTP status.
    var status: Int?
    /// The provider's error code; for an input, a raw value of `ErrorCode`.
    var code: String?
    /// The expected and the found value, on one line.
    var message: String
    /// The field or the option that the error is about.
    var field: String?
    /// The provider's id of the request.
    var requestID: String?
    /// Whether the request may have been bought.
    var purchase: ClientError.Purchase?
    /// What to do, on one line.
    var hint: String?
    /// The exit code of the command, if it ends with this error.
    var exitCode: Int32?

    init(category: String, code: String? = nil, message: String, hint: String?) {
        (self.category, self.code, self.message, self.hint) = (category, code, message, hint)
    }
}

/// The JSON document of a command that ends without another document, schema 1; in a stream, its
/// last line.
struct ErrorReport: Encodable {
    var schema = 1
    var type = "error"
    var error: ErrorDocument
}
