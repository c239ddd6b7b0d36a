/// What a request asks of a host: the operation's name, by which fault rules and the log know it,
/// and the work.
struct Route: Sendable {
    /// As `fal.submit`; the README has the list.
    let operation: String
    let handle: @Sendable (EmulatedRequest) async -> EmulatedResponse

    init(_ operation: String, _ handle: @escaping @Sendable (EmulatedRequest) async -> EmulatedResponse) {
        self.operation = operation
        self.handle = handle
    }
}
