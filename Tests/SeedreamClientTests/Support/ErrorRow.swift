import SeedreamClient
import SeedreamModel
import Testing

/// A provider's reply to the paid request, and the error expected for it.
struct ErrorRow: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var category: ClientError.Category
    var purchase: ClientError.Purchase
    var code: String?
    var field: String?
    var isRetryable: Bool

    init(
        _ status: Int, _ body: String, _ category: ClientError.Category, _ purchase: ClientError.Purchase,
        code: String? = nil, field: String? = nil, isRetryable: Bool = false
    ) {
        self.status = status
        self.body = body
        self.category = category
        self.purchase = purchase
        self.code = code
        self.field = field
        self.isRetryable = isRetryable
    }

    var testDescription: String { "\(status) \(body.prefix(60))" }

    var reply: HTTPReply {
        HostReply.text(body, status: status, type: body.hasPrefix("{") ? "application/json" : "text/html")
    }

    /// Returns the differences of an error from this row.
    func mismatches(_ error: ClientError?) -> [String] {
        guard let error else { return ["no error"] }
        func compare<Value: Equatable>(_ name: String, _ found: Value, _ expected: Value) -> String? {
            found == expected ? nil : "\(name): expected \(expected), found \(found)"
        }
        return [
            compare("category", error.category, category), compare("purchase", error.purchase, purchase),
            compare("code", error.code, code), compare("field", error.field, field),
            compare("isRetryable", error.isRetryable, isRetryable), compare("status", error.status, status),
            error.message.isEmpty ? "no message" : nil,
        ].compactMap(\.self)
    }
}
