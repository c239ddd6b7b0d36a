import SeedreamModel

/// Reads the members of a body and collects the violations, as zod does.
struct AIMLFields {
    private let members: [String: JSONValue]
    /// The fields in the model's schema. Others are read as absent.
    private let known: Set<String>
    /// The messages, in the order of the checks.
    private(set) var issues: [String] = []

    init(_ members: [String: JSONValue], known: Set<String>) {
        self.members = members
        self.known = known
    }

    subscript(field: String) -> JSONValue? { known.contains(field) ? members[field] : nil }

    mutating func refuse(_ field: String, _ text: String) { issues.append("\(text) at \"\(field)\"") }

    mutating func expected(_ kind: String, _ field: String, _ value: JSONValue) {
        refuse(field, "Expected \(kind), received \(Self.type(of: value))")
    }

    mutating func integer(_ field: String, in range: ClosedRange<Int>?) -> Int? {
        integer(self[field], field, in: range)
    }

    /// Returns a value that is an integer; `nil` if it is absent.
    mutating func integer(_ value: JSONValue?, _ field: String, in range: ClosedRange<Int>?) -> Int? {
        guard let value else { return nil }
        guard let number = value.integer else {
            if value.number == nil {
                expected("number", field, value)
            } else {
                refuse(field, "Expected integer, received float")
            }
            return nil
        }
        if let range, number < range.lowerBound {
            refuse(field, "Number must be greater than or equal to \(range.lowerBound)")
        } else if let range, number > range.upperBound {
            refuse(field, "Number must be less than or equal to \(range.upperBound)")
        }
        return number
    }

    /// Checks a number whose value has no effect.
    mutating func number(_ field: String, in range: ClosedRange<Double>) {
        guard let value = self[field] else { return }
        guard let number = value.number else { return expected("number", field, value) }
        if number < range.lowerBound {
            refuse(field, "Number must be greater than or equal to \(range.lowerBound.formattedShortly)")
        } else if number > range.upperBound {
            refuse(field, "Number must be less than or equal to \(range.upperBound.formattedShortly)")
        }
    }

    mutating func bool(_ field: String) -> Bool? {
        guard let value = self[field] else { return nil }
        if value.bool == nil { expected("boolean", field, value) }
        return value.bool
    }

    mutating func choice(_ field: String, _ values: [String]) -> String? {
        guard let value = self[field] else { return nil }
        if let text = value.string, values.contains(text) { return text }
        refuse(field, Self.enumeration(values, value))
        return nil
    }

    /// Refuses every member that the schema does not have.
    mutating func refuseUnknown() {
        let unknown = Set(members.keys).subtracting(known).sorted()
        guard !unknown.isEmpty else { return }
        issues.append(
            "Unrecognized key(s) in object: \(unknown.map { "'\($0)'" }.joined(separator: ", "))")
    }

    /// Returns the message for a value that is not among several texts.
    static func enumeration(_ values: [String], _ received: JSONValue) -> String {
        guard let text = received.string else { return "Expected string, received \(type(of: received))" }
        return
            "Invalid enum value. Expected \(values.map { "'\($0)'" }.joined(separator: " | ")), received '\(text.prefix(200))'"
    }

    /// Returns the name of a value's type in JavaScript.
    static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
