import SeedreamModel

/// What an upload says of its file where it begins: the type, and for how long it is kept.
struct FalFileTerms: Sendable {
    var mediaType: String
    /// In seconds.
    var lifetime: Double

    /// Seven days: the least that is documented.
    private static let lifetime = 7.0 * 86_400

    /// - Parameter mediaType: From the body; the header's where `nil`.
    init(_ request: EmulatedRequest, mediaType: String? = nil) {
        let lifecycle =
            (request.header("x-fal-object-lifecycle")
            ?? request.header("x-fal-object-lifecycle-preference")).flatMap {
                try? JSONValue(parsing: $0.utf8)
            }
        self.mediaType = mediaType ?? request.header("content-type") ?? "application/octet-stream"
        lifetime = lifecycle?["expiration_duration_seconds"]?.number ?? Self.lifetime
    }
}
