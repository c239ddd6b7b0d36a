public import Pixels
public import SeedreamModel

/// What a sidecar and the ledger say about an input: what it was, what was done to it, and a digest, never its bytes.
public struct InputProvenance: Hashable, Codable, Sendable {
    /// Which input it was, from 0.
    public var index: Int
    /// What the user called it: a path, or a URL without its query.
    public var name: String
    /// Of the bytes that were sent, SHA-256 in hexadecimal; `nil` for a URL that was passed on.
    public var sha256: String?
    /// What was done; `nil` for a URL that was passed on.
    public var action: Action?
    /// Why it differs from the file.
    public var reasons: [Reason]
    /// The size sent, in px; `nil` for a URL that was passed on.
    public var size: PixelSize?

    /// Makes a provenance.
    public init(
        index: Int, name: String, sha256: String? = nil, action: Action? = nil, reasons: [Reason] = [],
        size: PixelSize? = nil
    ) {
        self.index = index
        self.name = name
        self.sha256 = sha256
        self.action = action
        self.reasons = reasons
        self.size = size
    }
}
