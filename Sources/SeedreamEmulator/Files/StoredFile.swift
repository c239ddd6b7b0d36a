/// A file that a host holds: an upload or a result.
struct StoredFile: Hashable, Sendable {
    /// Behind the media host: `"files/b/0a8c9d5e/4f2a_dog.png"`.
    let path: String
    let name: String
    let mediaType: String
    let byteCount: Int
    /// When it can no longer be fetched, in seconds since 1970.
    let expires: Double
}
