/// What would happen to each input, from headers alone.
public struct PreparationPlan: Hashable, Codable, Sendable {
    /// The images that would be sent, in input order.
    public var images: [PlannedImage]
    /// The inputs that cannot be prepared, in input order. They keep their positions.
    public var failed: [FailedInput]
    /// The inputs that one request has no room for, in input order. They are not opened.
    public var dropped: [DroppedInput]

    /// Makes a plan, for instance to test what is done with one.
    public init(images: [PlannedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }
}
