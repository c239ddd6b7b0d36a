/// Sends requests that cost nothing, with the retries of their kind.
package protocol APICaller: Sendable {
    /// Returns a reply with any status code but those that were retried in vain; the caller looks
    /// at it.
    ///
    /// - Throws: ``ClientError`` where no reply came; `CancellationError`.
    func call(_ request: APIRequest) async throws -> HTTPReply
}
