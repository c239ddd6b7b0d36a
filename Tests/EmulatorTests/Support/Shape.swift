#if Emulator
import SeedreamModel
import SeedreamEmulator

/// The expected form of a reply: the names of its members and the types of their values, at each
/// level.
///
/// Written as JSON whose leaves name types: `"string"`, `"integer"`, `"number"`, `"boolean"`,
/// `"null"`, or several of them separated by `|`. An array lists the allowed forms of its elements.
/// A member whose name ends in `?` may be absent: it is documented, but was not in the captured
/// reply.
struct Shape: ExpressibleByStringLiteral {
    private let value: JSONValue

    init(stringLiteral text: String) {
        guard let value = try? JSONValue(parsing: text.utf8) else { fatalError("no JSON: \(text)") }
        self.value = value
    }

    /// Returns the differences of a reply from this shape.
    func differences(of answer: JSONValue) -> [String] { Self.compare(answer, value, at: "$") }

    private static func compare(_ answer: JSONValue, _ shape: JSONValue, at path: String) -> [String] {
        switch (shape, answer) {
        case (.string(let types), _):
            return types.split(separator: "|").contains { isType(answer, String($0)) }
                ? [] : ["\(path): expected \(types), found \(answer.text.prefix(80))"]
        case (.object(let wanted), .object(let found)):
            var problems: [String] = []
            var known: Set<String> = []
            for (key, inner) in wanted {
                let isOptional = key.hasSuffix("?")
                let name = isOptional ? String(key.dropLast()) : key
                known.insert(name)
                if let member = found[name] {
                    problems += compare(member, inner, at: "\(path).\(name)")
                } else if !isOptional {
                    problems.append("\(path).\(name): missing")
                }
            }
            return problems + found.keys.filter { !known.contains($0) }.map { "\(path).\($0): unknown" }
        case (.array(let kinds), .array(let elements)):
            return elements.enumerated().flatMap { index, element in
                let attempts = kinds.map { compare(element, $0, at: "\(path)[\(index)]") }
                return attempts.contains([])
                    ? [] : attempts.first ?? ["\(path): expected no elements, found \(elements.count)"]
            }
        default:
            return ["\(path): expected \(shape.text.prefix(80)), found \(answer.text.prefix(80))"]
        }
    }

    private static func isType(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "string": value.string != nil
        case "integer": value.integer != nil
        case "number": value.number != nil
        case "boolean": value.bool != nil
        case "null": value.isNull
        default: false
        }
    }
}
#endif
