import SeedreamModel

/// Decodes base64 into a file as it arrives.
final class Base64File {
    private let file: SpoolFile
    private let isTolerant: Bool
    /// The characters of an incomplete group of four.
    private var rest: [UInt8] = []
    private var padding = 0

    /// - Parameter isTolerant: Whether to skip white space, accept both alphabets (RFC 4648,
    ///   sections 4 and 5) and join parts that were encoded separately, each with its padding. For
    ///   data known to be an image.
    init(in folder: String, isTolerant: Bool = false) throws(SpoolError) {
        file = try SpoolFile(in: folder)
        self.isTolerant = isTolerant
    }

    /// The path of the file.
    var path: String { file.path }
    /// The number of bytes written.
    var count: Int { file.count }

    /// Decodes the next characters.
    ///
    /// - Returns: Whether they are base64. If not, none of them was taken.
    func append(_ run: ArraySlice<UInt8>) throws(SpoolError) -> Bool {
        guard isTolerant else { return try appendGroups(run) }
        var plain = Self.standard(run)[...]
        while let first = plain.first {
            let isPadding = first == Self.equals
            let part = plain.prefix { ($0 == Self.equals) == isPadding }
            plain = plain[part.endIndex...]
            if isPadding {
                padding += part.count
            } else {
                if padding > 0, try !endPart() { return false }
                guard try appendGroups(part) else { return false }
            }
        }
        return true
    }

    private func appendGroups(_ run: ArraySlice<UInt8>) throws(SpoolError) -> Bool {
        let end = padding > 0 ? run.startIndex : run.firstIndex(of: Self.equals) ?? run.endIndex
        let (characters, tail) = (run[..<end], run[end...])
        guard tail.allSatisfy({ $0 == Self.equals }), padding + tail.count <= 2 else { return false }
        let all = rest + characters
        let whole = all.count / 4 * 4
        guard let bytes = all[..<whole].withUnsafeBufferPointer({ Base64.decode($0) }),
            Self.isAlphabet(all[whole...])
        else { return false }
        try file.write(bytes)
        rest = Array(all[whole...])
        padding += tail.count
        return true
    }

    /// Decodes the last group. Its padding may be missing.
    ///
    /// - Returns: Whether the group is valid.
    func finish() throws(SpoolError) -> Bool {
        guard try endPart() else { return false }
        try file.finish()
        return true
    }

    private func endPart() throws(SpoolError) -> Bool {
        if !rest.isEmpty || padding > 0 {
            let missing = 4 - rest.count
            guard isTolerant || rest.count >= 2 && (padding == 0 || padding == missing) else { return false }
            // A single character holds less than a byte.
            if rest.count >= 2 {
                let last = rest + [UInt8](repeating: Self.equals, count: missing)
                guard let bytes = last.withUnsafeBufferPointer({ Base64.decode($0) }) else { return false }
                try file.write(bytes)
            }
        }
        rest = []
        padding = 0
        return true
    }

    /// Returns the characters that were decoded, without white space.
    func text() throws(SpoolError) -> [UInt8] {
        let bytes = try file.contents()
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4)
        _ = bytes.withUnsafeBytes { source in
            text.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
        }
        return text + rest + [UInt8](repeating: Self.equals, count: padding)
    }

    /// Removes the file.
    func discard() { file.discard() }

    private static let equals = UInt8(ascii: "=")

    private static func isAlphabet(_ characters: ArraySlice<UInt8>) -> Bool {
        characters.isEmpty
            || (characters + [UInt8](repeating: UInt8(ascii: "A"), count: 4 - characters.count))
                .withUnsafeBufferPointer { Base64.decode($0) } != nil
    }

    /// Returns the characters in the standard alphabet, without white space.
    static func standard(_ run: ArraySlice<UInt8>) -> [UInt8] {
        guard run.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
            return Array(run)
        }
        return run.compactMap { byte in
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: nil
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
    }
}
