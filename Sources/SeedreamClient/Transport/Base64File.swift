import SeedreamModel

/// Decodes base64 into a file as it arrives.
final class Base64File {
    private let file: SpoolFile
    /// Characters of a group that is not whole yet.
    private var rest: [UInt8] = []
    private var padding = 0

    init(in folder: String) throws(SpoolError) { file = try SpoolFile(in: folder) }

    /// Where the bytes are.
    var path: String { file.path }
    /// How many there are.
    var count: Int { file.count }

    /// Decodes what comes next.
    ///
    /// - Returns: Whether it is base64; if not, nothing of it was taken.
    func append(_ run: ArraySlice<UInt8>) throws(SpoolError) -> Bool {
        let equals = UInt8(ascii: "=")
        let end = padding > 0 ? run.startIndex : run.firstIndex(of: equals) ?? run.endIndex
        let (characters, tail) = (run[..<end], run[end...])
        guard tail.allSatisfy({ $0 == equals }), padding + tail.count <= 2 else { return false }
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

    /// Decodes the last group. A host that leaves out the padding is understood.
    ///
    /// - Returns: Whether it can be one.
    func finish() throws(SpoolError) -> Bool {
        if !rest.isEmpty || padding > 0 {
            let missing = 4 - rest.count
            guard rest.count >= 2, padding == 0 || padding == missing else { return false }
            let last = rest + [UInt8](repeating: UInt8(ascii: "="), count: missing)
            guard let bytes = last.withUnsafeBufferPointer({ Base64.decode($0) }) else { return false }
            try file.write(bytes)
        }
        try file.finish()
        return true
    }

    /// The characters that were taken.
    func text() throws(SpoolError) -> [UInt8] {
        let bytes = try file.contents()
        var text = [UInt8](repeating: 0, count: bytes.count / 3 * 4)
        _ = bytes.withUnsafeBytes { source in
            text.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
        }
        return text + rest + [UInt8](repeating: UInt8(ascii: "="), count: padding)
    }

    /// Removes the file.
    func discard() { file.discard() }

    private static func isAlphabet(_ characters: ArraySlice<UInt8>) -> Bool {
        characters.isEmpty
            || (characters + [UInt8](repeating: UInt8(ascii: "A"), count: 4 - characters.count))
                .withUnsafeBufferPointer { Base64.decode($0) } != nil
    }
}
