/// Fetches what a host made, without the host's key.
package protocol ResultFetching: Sendable {
    /// Fetches a file, with the retries of a GET.
    ///
    /// - Parameters:
    ///   - url: As the host gave it.
    ///   - maximum: The most bytes.
    ///   - begin: Called before each attempt; forgets what an earlier one has written.
    ///   - write: Receives the bytes in order.
    /// - Throws: ``ClientError``; what `begin` and `write` throw; `CancellationError`.
    func fetch(
        _ url: String, maximum: Int, begin: @escaping @Sendable () throws -> Void,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedResult
}
