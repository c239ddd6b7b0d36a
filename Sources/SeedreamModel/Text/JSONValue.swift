#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Any JSON value. An integer that fits remains an integer, so that `1` and `1.5` can be told
/// apart, as providers do.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number that fits in `Int`.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, without the order of its members.
    case object([String: JSONValue])
}

extension JSONValue {
    /// The member with the given name, or `nil` if this is not an object or has no such member.
    public subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The element at the given index, or `nil` if this is not an array or is shorter.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The text if this is a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The value if this is an integer. `2.0` counts as one, since JSON has only one number type.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }
    /// The value if this is a number.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
    /// The value if this is a boolean.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements if this is an array.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    /// The members if this is an object.
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// Parses strict JSON text, nested at most 64 levels deep.
    ///
    /// - Complexity: O(*n*) in the bytes of the text.
    public init(parsing text: some Sequence<UInt8>) throws(JSONSyntaxError) {
        self = try Self.parsed(text, isTolerant: false)
    }

    /// Parses text that should be JSON, from a server whose reply is worth reading even if it is
    /// malformed.
    ///
    /// NaN and Infinity become `null`, as do values nested deeper than 64 levels. Bytes that are
    /// not UTF-8 and unpaired surrogates become U+FFFD. A trailing comma in an array or object is
    /// skipped. Text after the value is ignored, except that several objects in sequence are merged
    /// into one. The text may be UTF-16.
    ///
    /// - Complexity: O(*n*) in the bytes of the text.
    package init(tolerating text: some Sequence<UInt8>) throws(JSONSyntaxError) {
        self = try Self.parsed(text, isTolerant: true)
    }

    /// Returns the members of the object in the text, in order and including duplicate names, or
    /// `nil` if the text contains another value. The text must be strict JSON.
    package static func members(parsing text: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError)
        -> [JSONMember]?
    {
        var parser = JSONParser(text, isTolerant: false)
        return try parser.topMembers()
    }

    private static func parsed(
        _ text: some Sequence<UInt8>, isTolerant: Bool
    ) throws(JSONSyntaxError) -> JSONValue {
        var bytes = Array(text)
        if isTolerant, let utf8 = utf8(fromUTF16: bytes) { bytes = utf8 }
        let outcome: Result<JSONValue, JSONSyntaxError> = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer, isTolerant: isTolerant)
            return Result { () throws(JSONSyntaxError) in try parser.document() }
        }
        return try outcome.get()
    }

    /// Returns the text in UTF-8 if its first two bytes show that it is UTF-16, otherwise `nil`.
    private static func utf8(fromUTF16 bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 2 else { return nil }
        let isBig: Bool
        switch (bytes[0], bytes[1]) {
        case (0xFE, 0xFF), (0, 1...): isBig = true
        case (0xFF, 0xFE), (1..., 0): isBig = false
        default: return nil
        }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            UInt16(bytes[isBig ? index : index + 1]) << 8 | UInt16(bytes[isBig ? index + 1 : index])
        }
        return Array(String(decoding: units.drop { $0 == 0xFEFF }, as: UTF16.self).utf8)
    }

    /// The value as JSON text on one line, with sorted keys.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The approximate size of the value in bytes.
    package var size: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .array(let elements): elements.reduce(16) { $0 + $1.size }
        case .object(let members): members.reduce(16) { $0 + $1.key.utf8.count + $1.value.size }
        default: 8
        }
    }

    /// The value as JSON text on one line, with sorted keys, in UTF-8.
    package var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is not finite fails, and none is ever created here.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("null".utf8)
    }
}

extension JSONValue: Codable {
    /// Decodes any value.
    public init(from decoder: any Decoder) throws {
        // Strings first: most of what is sent is a data URI.
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Encodes the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object. The last duplicate name wins.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
