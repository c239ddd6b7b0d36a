import SeedreamClient
import SeedreamKit

/// An error in JSON: of a host, or of whatever came before one was asked.
struct ErrorDocument: Encodable {
    /// A word of ``ClientError/Category``, or `request`, `budget`, `ledger`, `key`, `input`.
    var category: String
    var provider: ProviderID?
    var operation: String?
    var status: Int?
    /// The host's own word for it.
    var code: String?
    var message: String
    var field: String?
    var requestID: String?
    var purchase: ClientError.Purchase?
    var hint: String?

    /// - Parameter job: The job that it is about.
    init(_ error: any Error, about job: JobRecord? = nil) {
        (message, hint) = (ClientFailure.text(of: error), Verdict(error, about: job).hint)
        switch error {
        case let error as ClientError:
            category = error.category.rawValue
            (provider, operation, status, code) = (error.provider, error.operation, error.status, error.code)
            (field, requestID, purchase) = (error.field, error.requestID, error.purchase)
            message = error.message
        case let error as RequestError:
            category = "request"
            field = error.field
        case is UntrustedAddressError:
            category = "request"
            field = "--base-url"
        case is BudgetError: category = "budget"
        case is LedgerError, is UnrecordedJob: category = "ledger"
        case is KeyError: category = "key"
        case is SaveError: category = "output"
        default: category = "input"
        }
    }
}
