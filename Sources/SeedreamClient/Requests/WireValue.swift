import Pixels
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON body whose members keep their order, with images that are encoded as base64 only while
/// they are sent.
package indirect enum WireValue: Hashable, Sendable {
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([WireValue])
    case object([Member])
    /// A string that is a data URI.
    case dataURI(DataURI)

    /// A member of an object.
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: WireValue

        package init(_ name: String, _ value: WireValue) {
            self.name = name
            self.value = value
        }
    }

    /// Returns an object of the members that have a value, in the given order.
    package static func members(_ members: (String, WireValue?)...) -> WireValue {
        .object(members.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// The value of a member; `nil` if this is not an object or has no such member.
    package subscript(name: String) -> WireValue? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }
}

extension WireValue {
    /// The body to send: compact JSON in UTF-8. Its length is known before any base64 is encoded.
    package var body: RequestBody {
        var writer = Writer()
        writer.write(self)
        return RequestBody(writer.finish())
    }

    /// The body for display: a data URI is replaced by its prefix and its number of bytes.
    package var elided: JSONValue {
        switch self {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.elided))
        case .object(let members):
            .object(
                Dictionary(members.map { ($0.name, $0.value.elided) }, uniquingKeysWith: { _, last in last }))
        case .dataURI(let uri): .string("\(uri)")
        }
    }

    /// Joins the text between two images into one segment.
    private struct Writer {
        var segments: [RequestBody.Segment] = []
        var text: [UInt8] = []
        let encoder: JSONEncoder = {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            return encoder
        }()

        mutating func write(_ value: WireValue) {
            switch value {
            case .bool(let value): append(value ? "true" : "false")
            case .integer(let value): append("\(value)")
            case .number(let value): append(value.isFinite ? "\(value)" : "null")
            case .string(let value): quote(value)
            case .array(let elements):
                append("[")
                for (index, element) in elements.enumerated() {
                    if index > 0 { append(",") }
                    write(element)
                }
                append("]")
            case .object(let members):
                append("{")
                for (index, member) in members.enumerated() {
                    if index > 0 { append(",") }
                    quote(member.name)
                    append(":")
                    write(member.value)
                }
                append("}")
            case .dataURI(let uri):
                append("\"")
                flush()
                segments.append(.dataURI(uri))
                append("\"")
            }
        }

        private mutating func append(_ piece: String) { text += Array(piece.utf8) }

        private mutating func quote(_ piece: String) {
            // Encoding a single string never fails.
            text += (try? encoder.encode(piece)).map { Array($0) } ?? Array("\"\"".utf8)
        }

        private mutating func flush() {
            if !text.isEmpty { segments.append(.bytes(text)) }
            text = []
        }

        mutating func finish() -> [RequestBody.Segment] {
            flush()
            return segments
        }
    }
}

extension WireValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
}

extension WireValue {
    /// Returns `{"width":…,"height":…}`, the size format of fal, AIML API and OneRouter.
    static func size(_ size: PixelSize) -> WireValue {
        .members(("width", .integer(size.width)), ("height", .integer(size.height)))
    }
}

/// The form in which an image is sent in a body.
package enum ImageReference: Hashable, Sendable {
    /// A data URI, encoded while it is sent.
    case dataURI(DataURI)
    /// A URL that the provider fetches.
    case url(String)
    /// An upload whose URL is not known yet. Occurs only in a dry run.
    case pending(byteCount: Int)

    /// The value for the body.
    package var wire: WireValue {
        switch self {
        case .dataURI(let uri): .dataURI(uri)
        case .url(let text): .string(text)
        case .pending(let count): .string("<upload of \(count) bytes>")
        }
    }
}
