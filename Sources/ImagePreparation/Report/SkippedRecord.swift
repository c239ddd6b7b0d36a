/// One input of the JSON that was not prepared, since its file is there.
public struct SkippedRecord: Hashable, Codable, Sendable {
    /// `"skipped"`.
    public var status: String
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1".
    public var position: Int
    /// Its name.
    public var name: String
    /// The file that is there.
    public var path: String

    /// Makes a record.
    public init(index: Int, position: Int, name: String, path: String) {
        status = "skipped"
        (self.index, self.position, self.name, self.path) = (index, position, name, path)
    }
}
