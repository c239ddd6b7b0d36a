import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the members of an object strictly and collects the problems: `null` is not a valid value
/// for an optional field, and unknown members are refused.
struct ApiframeFields {
    private let members: [String: JSONValue]
    /// The prefix of the names in ``problems``, including the dot.
    private let prefix: String
    /// The messages by the path of the field.
    private(set) var problems: [String: [String]] = [:]

    init(_ members: [String: JSONValue], prefix: String = "") {
        self.members = members
        self.prefix = prefix
    }

    subscript(name: String) -> JSONValue? { members[name] }

    mutating func refuse(_ name: String, _ message: String) {
        problems[prefix + name, default: []].append(message)
    }

    /// Adds the problems of a nested object.
    mutating func include(_ other: ApiframeFields) {
        problems.merge(other.problems) { $0 + $1 }
    }

    /// Records every other member as unknown.
    mutating func allow(only names: Set<String>) {
        for name in members.keys where !names.contains(name) {
            refuse(name, "Unrecognized key: \"\(name)\"")
        }
    }

    mutating func refuseType(_ name: String, expected: String) {
        refuse(name, "Invalid input: expected \(expected), received \(Self.kind(of: members[name]))")
    }

    /// Returns a string member. Its length counts as in JavaScript, in UTF-16 code units.
    mutating func string(_ name: String, length: ClosedRange<Int>? = nil, isRequired: Bool = false) -> String?
    {
        guard let value = members[name] else {
            if isRequired { refuseType(name, expected: "string") }
            return nil
        }
        guard let text = value.string else {
            refuseType(name, expected: "string")
            return nil
        }
        if let length {
            let count = text.utf16.count
            if count < length.lowerBound {
                refuse(name, "Too small: expected string to have >=\(length.lowerBound) characters")
            } else if count > length.upperBound {
                refuse(name, "Too big: expected string to have <=\(length.upperBound) characters")
            }
        }
        return text
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>? = nil) -> Int? {
        guard let value = members[name] else { return nil }
        guard let number = value.integer else {
            refuseType(name, expected: value.number == nil ? "number" : "int")
            return nil
        }
        if let range { check(name, Double(number), Double(range.lowerBound)...Double(range.upperBound)) }
        return number
    }

    mutating func number(_ name: String, _ range: ClosedRange<Double>) {
        guard let value = members[name] else { return }
        guard let number = value.number else { return refuseType(name, expected: "number") }
        check(name, number, range)
    }

    private mutating func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) {
        if value < range.lowerBound {
            refuse(name, "Too small: expected number to be >=\(Int(range.lowerBound))")
        } else if value > range.upperBound {
            refuse(name, "Too big: expected number to be <=\(Int(range.upperBound))")
        }
    }

    mutating func bool(_ name: String) {
        if let value = members[name], value.bool == nil { refuseType(name, expected: "boolean") }
    }

    mutating func option(_ name: String, _ options: [String], isRequired: Bool = false) -> String? {
        guard members[name] != nil || isRequired else { return nil }
        guard let text = members[name]?.string, options.contains(text) else {
            refuse(name, Self.invalidOption(options))
            return nil
        }
        return text
    }

    mutating func uri(_ name: String, isRequired: Bool = false) -> String? {
        guard let text = string(name, isRequired: isRequired) else { return nil }
        if !Self.isURI(text) { refuse(name, "Invalid URL") }
        return text
    }

    static func invalidOption(_ options: [String]) -> String {
        options.count == 1
            ? "Invalid input: expected \"\(options[0])\""
            : "Invalid option: expected one of \(options.map { "\"\($0)\"" }.joined(separator: "|"))"
    }

    /// Returns whether a text is a URI of any scheme, which is all that `format: uri` requires.
    static func isURI(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = text[..<colon].lowercased()
        guard scheme.first?.isLetter == true,
            scheme.unicodeScalars.allSatisfy({
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || "+.-".unicodeScalars.contains($0)
            })
        else { return false }
        let rest = text[text.index(after: colon)...]
        guard ["http", "https"].contains(scheme) else { return !rest.isEmpty }
        // Only data URIs, accepted above, may be longer; long addresses are refused without
        // parsing.
        guard rest.utf8.count < 65_536, rest.hasPrefix("//") else { return false }
        return rest.dropFirst(2).prefix { !"/?#".contains($0) }.isEmpty == false
    }

    private static func kind(of value: JSONValue?) -> String {
        switch value {
        case nil: "undefined"
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
