/// Parses JSON text (RFC 8259) in one pass, and limits nesting to ``maximumDepth``.
///
/// There are two reasons for a parser of our own. First, Foundation's decoder finds the type of a
/// value by trial, which takes time quadratic in the depth: 98 kB of nested arrays kept a process
/// busy for two minutes. Second, a provider's reply to a paid request must be read even if it is
/// not quite JSON: NaN among the metrics, a log line that is not UTF-8, a byte order mark. No
/// decoder accepts all of that.
struct JSONParser {
    /// The maximum nesting of objects and arrays. No provider's reply nests deeper than 5.
    static let maximumDepth = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private let isTolerant: Bool
    private var position = 0

    /// - Parameter isTolerant: Whether text that is not quite JSON is accepted, as described at
    ///   ``JSONValue/init(tolerating:)``.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isTolerant: Bool) {
        self.bytes = bytes
        self.isTolerant = isTolerant
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Parses the single value in the text.
    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        var document = try value(depth: 0)
        skipSpace()
        guard isTolerant else {
            guard position == bytes.count else { throw error("the end") }
            return document
        }
        // There may be one object per line, or garbage after the first.
        guard position < bytes.count, var members = document.object else { return document }
        while position < bytes.count, let next = try? value(depth: 0) {
            members.merge(next.object ?? [:]) { $1 }
            skipSpace()
        }
        document = .object(members)
        return document
    }

    /// Parses the members of the single object in the text; returns `nil` if it is another value.
    mutating func topMembers() throws(JSONSyntaxError) -> [JSONMember]? {
        skipSpace()
        guard byte == UInt8(ascii: "{") else {
            _ = try document()
            return nil
        }
        position += 1
        var members: [JSONMember] = []
        var isOpen = !take("}")
        while isOpen {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw error("the name of a member") }
            let name = try string()
            guard take(":") else { throw error("a colon") }
            skipSpace()
            let start = position
            let value = try value(depth: 1)
            members.append(JSONMember(name: name, value: value, text: start..<position))
            isOpen = !take("}")
            if isOpen, !take(",") { throw error("a comma or }") }
        }
        skipSpace()
        guard position == bytes.count else { throw error("the end") }
        return members
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func error(_ expected: String) -> JSONSyntaxError {
        JSONSyntaxError(expected: expected, offset: position)
    }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        switch byte {
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "{")?, UInt8(ascii: "[")?:
            guard depth < Self.maximumDepth else {
                guard isTolerant else { throw error("at most \(Self.maximumDepth) values within each other") }
                try skipContainer()
                return .null
            }
            return bytes[position] == UInt8(ascii: "{") ? try object(depth + 1) : try array(depth + 1)
        default: return try word()
        }
    }

    private mutating func array(_ depth: Int) throws(JSONSyntaxError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        while true {
            if elements.isEmpty || isTolerant, take("]") { return .array(elements) }
            elements.append(try value(depth: depth))
            if take("]") { return .array(elements) }
            guard take(",") else { throw error("a comma or ]") }
        }
    }

    private mutating func object(_ depth: Int) throws(JSONSyntaxError) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        while true {
            if members.isEmpty || isTolerant, take("}") { return .object(members) }
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw error("the name of a member") }
            let name = try string()
            guard take(":") else { throw error("a colon") }
            members[name] = try value(depth: depth)
            if take("}") { return .object(members) }
            guard take(",") else { throw error("a comma or }") }
        }
    }

    /// Skips a container that is nested too deeply.
    private mutating func skipContainer() throws(JSONSyntaxError) {
        var open = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open -= 1
                position += 1
                if open == 0 { return }
            default: position += 1
            }
        }
        throw error("a closing bracket")
    }

    // MARK: Strings

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var text = ""
        while true {
            let start = position
            while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                if byte < 0x20, !isTolerant { throw error("no control character in a string") }
                position += 1
            }
            if position > start { try append(start..<position, to: &text) }
            guard let end = byte else { throw error("the end of a string") }
            position += 1
            if end == UInt8(ascii: "\"") { return text }
            try appendEscape(to: &text)
        }
    }

    private func append(_ range: Range<Int>, to text: inout String) throws(JSONSyntaxError) {
        let slice = UnsafeBufferPointer(rebasing: bytes[range])
        if isTolerant {
            text += String(decoding: slice, as: UTF8.self)
        } else if let valid = String(validating: slice, as: UTF8.self) {
            text += valid
        } else {
            throw error("UTF-8")
        }
    }

    private mutating func appendEscape(to text: inout String) throws(JSONSyntaxError) {
        guard let byte else { throw error("the end of a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            text.unicodeScalars.append(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): text.unicodeScalars.append("\u{8}")
        case UInt8(ascii: "f"): text.unicodeScalars.append("\u{C}")
        case UInt8(ascii: "n"): text.unicodeScalars.append("\n")
        case UInt8(ascii: "r"): text.unicodeScalars.append("\r")
        case UInt8(ascii: "t"): text.unicodeScalars.append("\t")
        case UInt8(ascii: "u"): text.unicodeScalars.append(try scalar())
        default:
            guard isTolerant else { throw error("an escape that JSON knows") }
            // Keep the backslash, and read the byte after it again: it may be the first byte of
            // several.
            text += "\\"
            position -= 1
        }
    }

    /// Returns the character of `\u` and, if it is a high surrogate, of the `\u` that follows.
    private mutating func scalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard let unit = hexadecimal() else {
            guard isTolerant else { throw error("four hexadecimal digits") }
            return "\u{FFFD}"
        }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let start = position
        if unit < 0xDC00, byte == UInt8(ascii: "\\") {
            position += 1
            if byte == UInt8(ascii: "u") {
                position += 1
                if let low = hexadecimal(), (0xDC00...0xDFFF).contains(low),
                    let scalar = Unicode.Scalar(
                        (UInt32(unit - 0xD800) << 10 | UInt32(low - 0xDC00)) + 0x10000)
                {
                    return scalar
                }
            }
            position = start
        }
        guard isTolerant else { throw error("both halves of a character") }
        return "\u{FFFD}"
    }

    private mutating func hexadecimal() -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        position += 4
        return value
    }

    // MARK: Numbers and words

    private mutating func word() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        while let byte, Self.isOfWord(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "true": return true
        case "false": return false
        case "null": return nil
        default: break
        }
        if isTolerant || Self.isNumber(text) {
            if let number = Int(text) { return .integer(number) }
            if let number = Double(text), number.isFinite {
                return Int(exactly: number).map { .integer($0) } ?? .number(number)
            }
        }
        // Numbers that JSON cannot express, and Python's and JavaScript's words for "nothing", have
        // no value.
        let known = ["nan", "infinity", "inf", "none", "undefined", "null"]
        let isNothing = known.contains(text.drop { "+-".contains($0) }.lowercased()) || Double(text) != nil
        guard isTolerant, isNothing || ["True", "False"].contains(text) else {
            position = start
            throw error("a value")
        }
        return isNothing ? .null : .bool(text == "True")
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Returns whether a text is a number by RFC 8259: no plus sign, no leading zeros, digits on
    /// both sides of the decimal point.
    private static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let count = digits()
        guard count == 1 || count > 1 && !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}

/// One member of an object, as written.
package struct JSONMember: Hashable, Sendable {
    /// The name.
    package var name: String
    /// The value.
    package var value: JSONValue
    /// The byte range of the value in the text.
    package var text: Range<Int>
}

/// A syntax error in JSON text.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The expected syntax, such as `"a comma or ]"`.
    public var expected: String
    /// The offset in the text, in bytes from 0.
    public var offset: Int

    /// Creates an error.
    public init(expected: String, offset: Int) { (self.expected, self.offset) = (expected, offset) }

    /// `"expected a comma or ] at byte 17"`.
    public var description: String { "expected \(expected) at byte \(offset)" }
}
