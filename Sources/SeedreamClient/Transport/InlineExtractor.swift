import Platform
import SeedreamModel

/// Reads JSON as it arrives and extracts its images: each string that is an image as base64 or as a
/// data URI, and each long base64 string, is decoded into a file and replaced by `inline:N`. Memory
/// use does not grow with the images.
///
/// The JSON is not validated; invalid input gives invalid output. A body that is itself an image
/// becomes the single string `"inline:0"`.
package final class InlineExtractor {
    /// The treatment of long strings.
    package enum Mode: Sendable {
        /// Images go to files in a folder, at most `maximum` bytes in total; other long strings
        /// stay.
        case spool(folder: String, maximum: Int)
        /// Long strings are left out: an error reply that quotes the request is read only for its
        /// words.
        case elide
    }

    /// The length in written characters above which a string is examined before it ends.
    package static let threshold = 4096
    /// The maximum size of one image in bytes: 64 MiB, as for a downloaded image.
    package static let maximumImage = 64 << 20

    private enum State {
        /// Between two strings.
        case structure
        /// In a string that is still short enough to be held.
        case short
        /// In a long string that is kept as text.
        case text
        case image(Base64File, prefix: [UInt8], type: String?)
        /// In a data URI without base64, which is held until its end.
        case plainURI
        case elided
        /// In a body that is an image, not JSON.
        case raw(SpoolFile)
    }

    private enum Escape {
        case none
        case begun
        case unicode([UInt8])
    }

    private let mode: Mode
    private let maximumText: Int
    private var state = State.structure
    private var escape = Escape.none
    private var output: [UInt8] = []
    /// The current string so far, as written.
    private var held: [UInt8] = []
    private var nesting = JSONNesting()
    private var parts: [InlinePart] = []
    private var spooled = 0
    /// The first bytes of the body, until they show whether it is an image; `nil` afterwards.
    private var opening: [UInt8]? = []
    private var isFinished = false

    /// - Parameter maximumText: The maximum length of the body in bytes, without images.
    package init(_ mode: Mode, maximumText: Int) {
        self.mode = mode
        self.maximumText = maximumText
    }

    deinit { if !isFinished { discard() } }

    /// Reads the next bytes.
    ///
    /// - Throws: ``TransportError`` if a limit is exceeded; ``SpoolError``.
    package func feed(_ bytes: [UInt8]) throws {
        guard let begun = opening else { return try read(bytes) }
        let all = begun + bytes
        opening = all
        if all.count >= ImageSignature.length { try open() }
    }

    /// Detects by the first bytes whether the body is an image, and reads them.
    private func open() throws {
        guard let begun = opening else { return }
        opening = nil
        if case .spool(let folder, _) = mode, ImageSignature.format(of: begun)?.isCertain == true {
            state = .raw(try SpoolFile(in: folder))
        }
        try read(begun)
    }

    private func read(_ bytes: [UInt8]) throws {
        var index = 0
        while index < bytes.count {
            switch state {
            case .structure: index = readStructure(bytes, from: index)
            case .raw(let file):
                try file.write(index == 0 ? bytes : Array(bytes[index...]))
                try check(file.count)
                index = bytes.count
            default: index = try readString(bytes, from: index)
            }
        }
        guard output.count + held.count <= maximumText else {
            throw TransportError(
                .tooLarge, mayHaveArrived: true,
                message: "expected at most \(maximumText) bytes of text in the reply, found more")
        }
    }

    /// Returns the body and the image files, which the caller must remove.
    package func finish() throws -> (body: [UInt8], parts: [InlinePart]) {
        try open()
        switch state {
        // An unterminated string is invalid JSON, which the parser reports.
        case .image(let file, _, _): file.discard()
        case .raw(let file):
            try file.finish()
            output += Array("\"inline:0\"".utf8)
            parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: nil))
        default: break
        }
        output += held
        held = []
        isFinished = true
        return (output, parts)
    }

    /// The text received so far, for a reply that was cut off.
    package var text: [UInt8] { Array(((opening ?? []) + output + held).prefix(maximumText)) }

    /// Removes all files.
    package func discard() {
        switch state {
        case .image(let file, _, _): file.discard()
        case .raw(let file): file.discard()
        default: break
        }
        state = .text
        for part in parts { unlink(part.path) }
        parts = []
        isFinished = true
    }

    private func readStructure(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                state = nesting.isValue ? .short : .text
                output += bytes[start..<index]
                return index
            }
            nesting.read(byte)
        }
        output += bytes[start..<index]
        return index
    }

    /// Reads up to the next quote or backslash, or one escaped character.
    private func readString(_ bytes: [UInt8], from start: Int) throws -> Int {
        switch escape {
        case .none: break
        case .begun:
            if bytes[start] == UInt8(ascii: "u") {
                escape = .unicode([])
            } else {
                escape = .none
                try append([UInt8(ascii: "\\"), bytes[start]], meaning: Self.meaning(of: bytes[start]))
            }
            return start + 1
        case .unicode(var digits):
            digits.append(bytes[start])
            if digits.count < 4 {
                escape = .unicode(digits)
            } else {
                escape = .none
                let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
                try append(
                    Array("\\u".utf8) + digits, meaning: value.flatMap { $0 < 0x80 ? UInt8($0) : nil })
            }
            return start + 1
        }
        let end = bytes.withUnsafeBufferPointer {
            $0[start...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        }
        if let end, end > start { try append(bytes[start..<end]) }
        guard let end else {
            try append(bytes[start...])
            return bytes.count
        }
        if bytes[end] == UInt8(ascii: "\\") { escape = .begun } else { try endString() }
        return end + 1
    }

    /// Appends characters that are not escaped.
    private func append(_ run: ArraySlice<UInt8>) throws {
        switch state {
        case .structure, .elided, .raw: break
        case .text: output += run
        case .plainURI: held += run
        case .short:
            held += run
            if held.count > Self.threshold { try classify() }
        case .image(let file, let prefix, _):
            if try !file.append(run) {
                try restoreText(file, prefix)
                output += run
            } else {
                try check(file.count)
            }
        }
    }

    /// Appends one escaped character.
    private func append(_ written: [UInt8], meaning: UInt8?) throws {
        if case .image(let file, let prefix, _) = state {
            if let meaning, try file.append([meaning]) { return }
            try restoreText(file, prefix)
        }
        try append(written[...])
    }

    /// Returns the character that an escape stands for, if it may occur in base64.
    private static func meaning(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "/"): byte
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Decides how to treat a string that has become long.
    private func classify() throws {
        guard case .spool(let folder, _) = mode else {
            held = []
            state = .elided
            output += Array("<left out>".utf8)
            return
        }
        switch InlineText(held) {
        case .plainURI?: state = .plainURI
        case .base64(let prefix, let type, let characters, let isTolerant)?:
            let file = try Base64File(in: folder, isTolerant: isTolerant)
            state = .image(file, prefix: prefix, type: type)
            if try file.append(characters[...]) {
                held = []
                try check(file.count)
            } else {
                file.discard()
                keepAsText()
            }
        case nil: keepAsText()
        }
    }

    /// Keeps the held characters as text.
    private func keepAsText() {
        state = .text
        output += held
        held = []
    }

    /// Decodes a complete string if it is an image.
    ///
    /// - Returns: Whether it was an image, and was added to the parts.
    private func decodeHeld() throws -> Bool {
        guard case .spool(let folder, let maximum) = mode, let text = InlineText(held),
            parts.count < max(16, maximum / Self.maximumImage * 4)
        else { return false }
        switch text {
        case .plainURI:
            guard let (bytes, type) = InlineText.decoded(held) else { return false }
            let file = try SpoolFile(in: folder)
            try file.write(bytes)
            try file.finish()
            parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: type))
        case .base64(_, let type, let characters, let isTolerant):
            // Short texts may be valid base64 by chance.
            guard isTolerant else { return false }
            let file = try Base64File(in: folder, isTolerant: true)
            guard try file.append(characters[...]), try file.finish() else {
                file.discard()
                return false
            }
            parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: type))
        }
        return true
    }

    private func check(_ count: Int) throws {
        guard case .spool(_, let maximum) = mode else { return }
        let most = min(Self.maximumImage, maximum - spooled)
        guard count <= most else {
            throw TransportError(
                .tooLarge, mayHaveArrived: true,
                message: "expected at most \(most) bytes per image in the reply, found more")
        }
    }

    /// Restores a string that turned out not to be base64. It is encoded again from the decoded
    /// bytes, which loses only unnecessary escapes, and white space inside an image.
    private func restoreText(_ file: Base64File, _ prefix: [UInt8]) throws {
        state = .text
        defer { file.discard() }
        guard output.count + file.count / 3 * 4 <= maximumText else {
            throw TransportError(
                .tooLarge, mayHaveArrived: true,
                message: "expected at most \(maximumText) bytes of text in the reply, found more")
        }
        output += prefix
        output += try file.text()
    }

    private func endString() throws {
        switch state {
        case .structure, .text, .elided, .raw: break
        case .short, .plainURI:
            output += try decodeHeld() ? Array("inline:\(parts.count - 1)".utf8) : held
        case .image(let file, let prefix, let type):
            if try file.finish() {
                try check(file.count)
                output += Array("inline:\(parts.count)".utf8)
                parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: type))
                spooled += file.count
            } else {
                try restoreText(file, prefix)
            }
        }
        held = []
        output.append(UInt8(ascii: "\""))
        state = .structure
    }
}
