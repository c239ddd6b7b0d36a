extension HTTPReply {
    /// What came, without a word of it: `"an empty body"`, `"512 bytes of text/html"`.
    var outline: String {
        guard byteCount > 0 else { return "an empty body" }
        let type = (field("Content-Type") ?? "").prefix { $0 != ";" && $0 != " " }.prefix(64)
        return "\(byteCount) bytes of \(type.isEmpty ? "no stated type" : String(type))"
    }
}
