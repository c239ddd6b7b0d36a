import SeedreamModel

/// What fal says went wrong: `{"detail": "text", "error_type": …}` of the infrastructure,
/// `{"detail": [{"loc", "msg", "type"}, …]}` of a model, `{"status": "NOT_FOUND"}` of the queue.
struct FalErrorBody: Hashable, Sendable {
    /// fal's text; `nil` where there is none.
    private(set) var message: String?
    /// fal's word.
    private(set) var code: String?
    /// The field, as `body.image_urls.0`.
    private(set) var field: String?
    /// Whether the model itself answered: only it gives an array.
    private(set) var isOfModel = false
    /// Whether fal's own software wrote it, not a proxy before it.
    private(set) var isOfFal = false

    /// Reads a body, or the payload of a webhook.
    init(_ json: JSONValue?) {
        switch json?["detail"] {
        case .string(let text)?: (message, isOfFal) = (text, true)
        case .array(let items)?:
            (isOfFal, isOfModel) = (true, true)
            read(items)
        case .object(let item)?:
            (message, isOfFal) = (item["msg"]?.string ?? item["message"]?.string, true)
            code = item["type"]?.string
        default:
            message = json?["error"]?.string ?? json?["message"]?.string ?? json?["status"]?.string
        }
        code = code ?? json?["error_type"]?.string
    }

    /// The first of several is shown, the others are counted.
    private mutating func read(_ items: [JSONValue]) {
        guard let first = items.first else { return }
        message = first["msg"]?.string ?? first.string
        if let text = message, items.count > 1 { message = "\(text) (and \(items.count - 1) more)" }
        code = first["type"]?.string
        // Indices stand as integers among the names.
        let location = first["loc"]?.array?.compactMap { $0.string ?? $0.integer.map(String.init) } ?? []
        field = location.isEmpty ? nil : location.joined(separator: ".")
    }
}
