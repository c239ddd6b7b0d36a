import AtomicFiles
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads JSON as it arrives, and takes the pictures out of it: each long string that is base64, or a base64 data URI, is decoded into a
/// file, and `inline:N` stands in its place. What is held in memory does not grow with the pictures.
///
/// It does not check that the text is JSON; of what is none, something comes out that is none either.
package final class InlineExtractor {
    /// What becomes of long strings.
    package enum Mode: Sendable {
        /// Pictures go to files in a folder, all of them together at most so many bytes; other long strings stay.
        case spool(folder: String, maximum: Int)
        /// They are left out: a refusal that quotes the request is read for its words.
        case elide
    }

    /// A string that is longer, in characters as they are written, is looked at.
    package static let threshold = 4096
    /// Bytes of one picture: 64 MiB, as much as of one that is fetched.
    package static let maximumPicture = 64 << 20
    /// Objects and arrays within each other; what goes deeper is not looked at. No host has more than 5.
    private static let maximumDepth = 128

    private enum State {
        /// Between strings.
        case structure
        /// In a string that is still short enough to be held.
        case short
        /// In a long string that stays.
        case text
        case picture(Base64File, prefix: [UInt8], type: String?)
        case elided
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
        var index = 0
        while index < bytes.count {
            switch state {
            case .structure: index = readStructure(bytes, from: index)
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
        // A string that does not end is no JSON; whoever parses it will say so.
        if case .picture(let file, _, _) = state { file.discard() }
        output += held
        held = []
        isFinished = true
        return (output, parts)
    }

    /// What has come so far, for a text that was cut.
    package var text: [UInt8] { Array((output + held).prefix(maximumText)) }

    /// Removes all files.
    package func discard() {
        if case .picture(let file, _, _) = state { file.discard() }
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
                let isSlash = bytes[start] == UInt8(ascii: "/")
                try append([UInt8(ascii: "\\"), bytes[start]], meaning: isSlash ? UInt8(ascii: "/") : nil)
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
        case .structure, .elided: break
        case .text: output += run
        case .short:
            held += run
            if held.count > Self.threshold { try judge() }
        case .picture(let file, let prefix, _):
            if try !file.append(run) {
                try giveUp(file, prefix)
                output += run
            }
            try check(file)
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

    /// A string has become long: what is it?
    private func judge() throws {
        let written = held
        held = []
        guard case .spool(let folder, _) = mode else {
            state = .elided
            output += Array("<left out>".utf8)
            return
        }
        state = .text
        if let (prefix, type, characters) = Self.picture(written) {
            let file = try Base64File(in: folder)
            state = .picture(file, prefix: prefix, type: type)
            if try file.append(characters[...]) { return try check(file) }
            file.discard()
            state = .text
        }
        output += written
    }

    /// Prefix, media type and first characters, if this may be base64.
    private static func picture(_ written: [UInt8]) -> (prefix: [UInt8], type: String?, characters: [UInt8])?
    {
        guard let plain = unescaped(written) else { return nil }
        guard plain.starts(with: Array("data:".utf8)) else { return ([], nil, plain) }
        guard let comma = plain.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let header = String(decoding: plain[5..<comma], as: UTF8.self).lowercased()
        guard header.hasSuffix(";base64"), header.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x22 }) else {
            return nil
        }
        let type = header.prefix { $0 != ";" }
        return (Array(plain[...comma]), type.isEmpty ? nil : String(type), Array(plain[(comma + 1)...]))
    }

    /// The text that is meant; `nil` where it holds anything but ASCII.
    private static func unescaped(_ written: [UInt8]) -> [UInt8]? {
        guard written.contains(UInt8(ascii: "\\")) else { return written }
        var plain: [UInt8] = []
        var index = 0
        while index < written.count {
            guard written[index] == UInt8(ascii: "\\") else {
                plain.append(written[index])
                index += 1
                continue
            }
            guard index + 1 < written.count else { return nil }
            switch written[index + 1] {
            case UInt8(ascii: "/"):
                plain.append(UInt8(ascii: "/"))
                index += 2
            case UInt8(ascii: "u"):
                guard index + 5 < written.count,
                    let value = UInt8(
                        String(decoding: written[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16),
                    value < 0x80
                else { return nil }
                plain.append(value)
                index += 6
            default: return nil
            }
        }
        return plain
    }

    private func check(_ file: Base64File) throws {
        guard case .spool(_, let maximum) = mode, case .picture = state else { return }
        let most = min(Self.maximumPicture, maximum - spooled)
        guard file.count <= most else {
            throw TransportError(
                .tooLarge, mayHaveArrived: true,
                message: "expected at most \(most) bytes of a picture in the reply, found more")
        }
    }

    /// It was no base64 after all: the text is made again from what was decoded, which loses nothing but needless escapes.
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
        case .structure, .text, .elided: break
        case .short: output += held
        case .picture(let file, let prefix, let type):
            if try file.finish() {
                try check(file)
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
