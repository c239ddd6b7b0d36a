import Platform
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads JSON as it arrives, and takes the images out of it: each string that is an image as base64
/// or as a data URI, and each long one that is base64, is decoded into a file, and `inline:N`
/// stands in its place. What is held in memory does not grow with the images.
///
/// It does not check that the text is JSON; of what is none, something comes out that is none
/// either. A body that is an image itself becomes the one string `"inline:0"`.
///
/// One state machine, whose states only it may touch: hence one file of more than 350 lines.
package final class InlineExtractor {
    /// What becomes of long strings.
    package enum Mode: Sendable {
        /// Pictures go to files in a folder, all of them together at most so many bytes; other long
        /// strings stay.
        case spool(folder: String, maximum: Int)
        /// They are left out: a refusal that quotes the request is read for its words.
        case elide
    }

    /// A string that is longer, in characters as they are written, is looked at.
    package static let threshold = 4096
    /// Bytes of one picture: 64 MiB, as much as of one that is fetched.
    package static let maximumPicture = 64 << 20
    /// Objects and arrays within each other; what goes deeper is not looked at. No host has more
    /// than 5.
    private static let maximumDepth = 128

    private enum State {
        /// Between strings.
        case structure
        /// In a string that is still short enough to be held.
        case short
        /// In a long string that stays.
        case text
        case picture(Base64File, prefix: [UInt8], type: String?)
        /// In a data URI without base64, which is held to its end.
        case plainURI
        case elided
        /// In a body that is no JSON, but an image.
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
    /// The string so far, as it is written.
    private var held: [UInt8] = []
    /// For each object or array that is open, whether it is an object.
    private var isObject: [Bool] = []
    private var depth = 0
    /// Whether the next string is the name of a member.
    private var isName = false
    private var parts: [InlinePart] = []
    private var spooled = 0
    /// The first bytes of the body, until they tell whether it is an image; `nil` from then on.
    private var opening: [UInt8]? = []
    private var isFinished = false

    /// - Parameter maximumText: Bytes of everything but the pictures.
    package init(_ mode: Mode, maximumText: Int) {
        self.mode = mode
        self.maximumText = maximumText
    }

    deinit { if !isFinished { discard() } }

    /// Reads the next bytes.
    ///
    /// - Throws: ``TransportError`` where there is more than allowed; ``SpoolError``.
    package func feed(_ bytes: [UInt8]) throws {
        guard let begun = opening else { return try read(bytes) }
        let all = begun + bytes
        opening = all
        if all.count >= ImageSignature.length { try open() }
    }

    /// Tells by the first bytes whether the body is an image, and reads them.
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

    /// The body, and the pictures that are now the caller's to remove.
    package func finish() throws -> (body: [UInt8], parts: [InlinePart]) {
        try open()
        switch state {
        // A string that does not end is no JSON; whoever parses it will say so.
        case .picture(let file, _, _): file.discard()
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

    /// What has come so far, for a text that was cut.
    package var text: [UInt8] { Array(((opening ?? []) + output + held).prefix(maximumText)) }

    /// Removes all files.
    package func discard() {
        switch state {
        case .picture(let file, _, _): file.discard()
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
            switch byte {
            case UInt8(ascii: "{"): push(true)
            case UInt8(ascii: "["): push(false)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth > 0, depth <= Self.maximumDepth { isObject.removeLast() }
                depth = max(0, depth - 1)
                isName = false
            case UInt8(ascii: ","): isName = depth <= Self.maximumDepth && isObject.last == true
            case UInt8(ascii: ":"): isName = false
            case UInt8(ascii: "\""):
                state = isName || depth > Self.maximumDepth ? .text : .short
                output += bytes[start..<index]
                return index
            default: break
            }
        }
        output += bytes[start..<index]
        return index
    }

    private func push(_ object: Bool) {
        if depth < Self.maximumDepth { isObject.append(object) }
        depth += 1
        isName = object
    }

    /// Reads to the next character that matters, or one escaped character.
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

    /// Takes characters that stand for themselves.
    private func append(_ run: ArraySlice<UInt8>) throws {
        switch state {
        case .structure, .elided, .raw: break
        case .text: output += run
        case .plainURI: held += run
        case .short:
            held += run
            if held.count > Self.threshold { try judge() }
        case .picture(let file, let prefix, _):
            if try !file.append(run) {
                try giveUp(file, prefix)
                output += run
            } else {
                try check(file.count)
            }
        }
    }

    /// Takes one escaped character.
    private func append(_ written: [UInt8], meaning: UInt8?) throws {
        if case .picture(let file, let prefix, _) = state {
            if let meaning, try file.append([meaning]) { return }
            try giveUp(file, prefix)
        }
        try append(written[...])
    }

    /// What the character behind a backslash stands for, of those that may be within base64.
    private static func meaning(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "/"): byte
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// A string has become long: what is it?
    private func judge() throws {
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
            state = .picture(file, prefix: prefix, type: type)
            if try file.append(characters[...]) {
                held = []
                try check(file.count)
            } else {
                file.discard()
                stay()
            }
        case nil: stay()
        }
    }

    /// What is held is text.
    private func stay() {
        state = .text
        output += held
        held = []
    }

    /// Decodes a string that has come to its end, if it is an image.
    ///
    /// - Returns: Whether it was one; it is among the parts then.
    private func takeHeld() throws -> Bool {
        guard case .spool(let folder, let maximum) = mode, let text = InlineText(held),
            parts.count < max(16, maximum / Self.maximumPicture * 4)
        else { return false }
        switch text {
        case .plainURI:
            guard let (bytes, type) = InlineText.decoded(held) else { return false }
            let file = try SpoolFile(in: folder)
            try file.write(bytes)
            try file.finish()
            parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: type))
        case .base64(_, let type, let characters, let isTolerant):
            // Short texts may be base64 without being meant.
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
        let most = min(Self.maximumPicture, maximum - spooled)
        guard count <= most else {
            throw TransportError(
                .tooLarge, mayHaveArrived: true,
                message: "expected at most \(most) bytes of a picture in the reply, found more")
        }
    }

    /// It was no base64 after all: the text is made again from what was decoded, which loses
    /// nothing but needless escapes, and the white space within an image.
    private func giveUp(_ file: Base64File, _ prefix: [UInt8]) throws {
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
            output += try takeHeld() ? Array("inline:\(parts.count - 1)".utf8) : held
        case .picture(let file, let prefix, let type):
            if try file.finish() {
                try check(file.count)
                output += Array("inline:\(parts.count)".utf8)
                parts.append(InlinePart(path: file.path, byteCount: file.count, contentType: type))
                spooled += file.count
            } else {
                try giveUp(file, prefix)
            }
        }
        held = []
        output.append(UInt8(ascii: "\""))
        state = .structure
    }
}
