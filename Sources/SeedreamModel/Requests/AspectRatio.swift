/// A shape: width to height in whole numbers, both above 0.
public struct AspectRatio: Hashable, Codable, Sendable {
    /// The width's share.
    public let width: Int
    /// The height's share.
    public let height: Int

    /// Makes a shape; `nil` unless both numbers are 1 to 10 000.
    public init?(width: Int, height: Int) {
        guard (1...10_000).contains(width), (1...10_000).contains(height) else { return nil }
        self.width = width
        self.height = height
    }

    /// 1:1.
    public static let square = AspectRatio(unchecked: 1, 1)

    private init(unchecked width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }
}

extension AspectRatio: CustomStringConvertible {
    /// `"16:9"`.
    public var description: String { "\(width):\(height)" }
}
