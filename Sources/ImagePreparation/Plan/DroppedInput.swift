/// An input that one request has no room for.
public struct DroppedInput: Hashable, Codable, Sendable {
    /// Which input it is, from 0.
    public var index: Int
    /// Its name.
    public var name: String

    /// Makes an entry.
    public init(index: Int, name: String) {
        self.index = index
        self.name = name
    }
}
