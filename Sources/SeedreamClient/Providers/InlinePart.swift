/// A long text of a reply that was decoded from base64 into a file while it was read.
package struct InlinePart: Hashable, Sendable {
    /// The file.
    package var path: String
    /// Its length in bytes.
    package var byteCount: Int
    /// What the data URI said it was; `nil` for bare base64.
    package var contentType: String?

    package init(path: String, byteCount: Int, contentType: String?) {
        self.path = path
        self.byteCount = byteCount
        self.contentType = contentType
    }
}
