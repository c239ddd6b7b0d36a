extension DataURI {
    /// Why a text is no `data:` URI that can be read.
    package enum DecodingError: Error, Hashable, Sendable {
        case noComma
        case notMarkedAsBase64
        case notBase64
        /// It holds so many bytes, or a few more.
        case tooLarge(byteCount: Int)
    }

    /// The bytes that a `data:` URI holds, read as browsers read it (WHATWG Fetch, "data: URL
    /// processor").
    ///
    /// White space and percent-encoded characters within the content are taken, and padding may be
    /// missing. The alphabet of URLs (`-` and `_`) is refused there, and here.
    ///
    /// - Parameter maximum: Bytes, at most.
    package static func decode(_ text: String, maximum: Int) throws(DecodingError) -> [UInt8] {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { throw .noComma }
        guard isMarked(text.utf8[..<comma]) else { throw .notMarkedAsBase64 }
        let body = text.utf8[text.utf8.index(after: comma)...]
        if body.count / 4 * 3 <= maximum {
            // Most texts lie in memory in one piece, with nothing to clean.
            let decoded =
                body.withContiguousStorageIfAvailable { Base64.decode($0) }
                ?? Array(body).withUnsafeBufferPointer { Base64.decode($0) }
            if let decoded { return decoded }
        }
        let cleaned = cleaned(body)
        guard cleaned.count / 4 * 3 <= maximum else { throw .tooLarge(byteCount: cleaned.count / 4 * 3) }
        guard let decoded = cleaned.withUnsafeBufferPointer({ Base64.decode($0) }) else { throw .notBase64 }
        return decoded
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [9, 10, 12, 13, 32].contains(byte) }

    /// Whether what stands before the comma ends with `;base64`, blanks aside.
    private static func isMarked(_ head: Substring.UTF8View) -> Bool {
        let head = String(decoding: head.filter { !isSpace($0) }, as: UTF8.self)
        return head.lowercased().hasSuffix(";base64")
    }

    /// Base64 without white space, percent-encoding and wrong padding.
    private static func cleaned(_ body: Substring.UTF8View) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        func digit(_ byte: UInt8) -> UInt8? {
            Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
        }
        var rest = body
        while let byte = rest.popFirst() {
            var byte = byte
            let next = rest.prefix(2).map { $0 }
            if byte == UInt8(ascii: "%"), next.count == 2, let high = digit(next[0]), let low = digit(next[1])
            {
                byte = high << 4 | low
                rest.removeFirst(2)
            }
            if !isSpace(byte) { result.append(byte) }
        }
        while result.last == UInt8(ascii: "=") { result.removeLast() }
        return result + [UInt8](repeating: UInt8(ascii: "="), count: (4 - result.count % 4) % 4)
    }
}
