import ImagePreparation
public import SeedreamClient
import SeedreamModel

/// The reason why a row failed, with the keys that errors have in all JSON of this project.
public struct RowFailure: Hashable, Codable, Sendable {
    /// A raw value of `ClientError.Category`, or `manifest`, `request`, `budget`, `ledger`, `key`,
    /// `output` or `input`.
    public var category: String
    /// The call that failed, as `fal.submit`.
    public var operation: String?
    /// The HTTP status.
    public var status: Int?
    /// The provider's error code; for an input, a raw value of `ErrorCode`.
    public var code: String?
    /// The expected and the found value, or the provider's text, on one line.
    public var message: String
    /// The field that the error is about.
    public var field: String?
    /// The provider's id of the request.
    public var requestID: String?
    /// Whether the request may have been bought.
    public var purchase: ClientError.Purchase?
    /// What to do, one line.
    public var hint: String?

    /// Makes a failure.
    public init(category: String, code: String? = nil, message: String, hint: String? = nil) {
        (self.category, self.code, self.message, self.hint) = (category, code, message, hint)
    }

    /// Makes the failure of a manifest's row.
    public init(_ failure: ManifestFailure) {
        self.init(category: "manifest", message: failure.message, hint: failure.hint)
    }

    /// Makes the failure of any error that a row can end with.
    public init(_ error: any Error) {
        self.init(category: "input", message: "\(error)")
        switch error {
        case let error as ManifestFailure: self.init(error)
        case let error as ClientError:
            self.init(
                category: error.category.rawValue, code: error.code, message: error.message, hint: error.hint)
            (operation, status, field) = (error.operation, error.status, error.field)
            (requestID, purchase) = (error.requestID, error.purchase)
        case let error as RequestError:
            self.init(category: "request", message: error.message, hint: error.hint)
            field = error.field
        case let error as BudgetError: (category, hint) = ("budget", error.hint)
        case let error as LedgerError: (category, hint) = ("ledger", error.hint)
        case let error as UnrecordedJob: (category, hint) = ("ledger", error.hint)
        case let error as KeyError: (category, hint) = ("key", error.hint)
        case let error as SaveError: (category, hint) = ("output", error.hint)
        case let error as FetchError: hint = error.hint
        case let error as PreparationError: (code, hint) = (error.code.rawValue, error.hint)
        case let error as PreparationFailure:
            guard let input = error.inputs.first else { break }
            (code, message, hint) = (input.code.rawValue, "\(input.name): \(input.message)", input.hint)
        default: break
        }
    }
}
