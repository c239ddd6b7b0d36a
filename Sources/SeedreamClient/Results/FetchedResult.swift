/// What came with a file that was fetched.
package struct FetchedResult: Hashable, Sendable {
    /// What the server said it was; not believed.
    package var contentType: String?
    /// How many bytes were written.
    package var byteCount: Int

    package init(contentType: String?, byteCount: Int) {
        self.contentType = contentType
        self.byteCount = byteCount
    }
}
