package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON body in the order in which its members are sent, with pictures whose base64 is made only
/// while it is sent.
package indirect enum WireValue: Hashable, Sendable {
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([WireValue])
    case object([Member])
    /// A string that holds a data URI.
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

    /// An object of those members whose value is there, in the order given.
    package static func members(_ members: (String, WireValue?)...) -> WireValue {
        .object(members.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// The member of that name; `nil` if this is no object or has none.
    package subscript(name: String) -> WireValue? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }
}

extension WireValue {
    /// The body as it is sent: compact JSON in UTF-8, its length known before a byte of base64 is
    /// made.
    package var body: RequestBody {
        var writer = Writer()
        writer.write(self)
        return RequestBody(writer.finish())
    }

    /// The body as it is shown: data URIs as their prefix and their number of bytes.
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

    /// Joins texts between pictures into one segment each.
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
            // A string alone is encoded in any case.
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
