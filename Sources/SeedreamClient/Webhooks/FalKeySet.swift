import SeedreamModel

/// The public keys by which fal signs webhooks.
public struct FalKeySet: Hashable, Sendable {
    /// Of 32 bytes each.
    package let keys: [[UInt8]]

    /// Keys that are kept already.
    ///
    /// - Parameter publicKeys: Ed25519 keys; those of another length than 32 bytes are left out.
    public init(publicKeys: [[UInt8]]) { keys = publicKeys.filter { $0.count == 32 } }

    /// Reads a JSON Web Key Set (RFC 7517, with RFC 8037's Ed25519). Keys of other kinds are left
    /// out; a set without any is empty.
    ///
    /// - Throws: ``WebhookError/malformed(_:)`` where it is no key set.
    public init(parsing text: [UInt8]) throws(WebhookError) {
        guard let items = (try? JSONValue(parsing: text))?["keys"]?.array else {
            throw .malformed("expected a JSON Web Key Set, found \(text.count) bytes of something else")
        }
        self.init(
            publicKeys: items.compactMap { item in
                guard item["kty"] == "OKP", item["crv"] == "Ed25519" else { return nil }
                return item["x"]?.string.flatMap(Self.bytes)
            })
    }

    /// Whether there is no key.
    public var isEmpty: Bool { keys.isEmpty }

    /// What base64url without padding stands for (RFC 4648, section 5).
    private static func bytes(_ text: String) -> [UInt8]? {
        var characters = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            // Of the other alphabet, which this one does not have.
            case UInt8(ascii: "+"), UInt8(ascii: "/"): UInt8(ascii: " ")
            default: byte
            }
        }
        while characters.last == UInt8(ascii: "=") { characters.removeLast() }
        characters += [UInt8](repeating: UInt8(ascii: "="), count: (4 - characters.count % 4) % 4)
        return characters.withUnsafeBufferPointer { Base64.decode($0) }
    }
}
