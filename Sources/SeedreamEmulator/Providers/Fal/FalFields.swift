import SeedreamModel

/// Reads the members of an input and collects the violations, as pydantic does. `null` is a valid
/// value for an optional field.
struct FalFields {
    private let body: JSONValue
    private let members: [String: JSONValue]
    /// The fields in the model's schema. Others are read as absent.
    private let known: Set<String>
    private var details: [JSONValue] = []
    private var first: (message: String, type: String)?

    init(_ body: JSONValue, _ members: [String: JSONValue], known: Set<String>) {
        self.body = body
        self.members = members
        self.known = known
    }

    subscript(name: String) -> JSONValue? { known.contains(name) ? members[name] : nil }

    /// Records a violation.
    ///
    /// - Parameter input: The invalid value. Default: the whole body.
    mutating func refuse(
        _ location: [JSONValue], _ message: String, _ type: String, _ context: JSONValue? = nil,
        _ input: JSONValue? = nil
    ) {
        first = first ?? (message, type)
        details.append(
            FalError.item(["body"] + location, message, type, context: context, input: input ?? body))
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>?) -> Int? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let number = value.integer else {
            refuse(
                [.string(name)], "Input should be a valid integer",
                value.number == nil ? "int_type" : "int_from_float", nil, value)
            return nil
        }
        guard let range else { return number }
        if number < range.lowerBound {
            refuse(
                [.string(name)], "Input should be greater than or equal to \(range.lowerBound)",
                "greater_than_equal", ["ge": .integer(range.lowerBound)], value)
        } else if number > range.upperBound {
            refuse(
                [.string(name)], "Input should be less than or equal to \(range.upperBound)",
                "less_than_equal", ["le": .integer(range.upperBound)], value)
        }
        // Out-of-range values are clamped, so that their product cannot overflow.
        return min(max(number, range.lowerBound), range.upperBound)
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let value = self[name], !value.isNull else { return nil }
        if value.bool == nil {
            refuse([.string(name)], "Input should be a valid boolean", "bool_type", nil, value)
        }
        return value.bool
    }

    mutating func choice(_ name: String, _ values: [String]) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        if let text = value.string, values.contains(text) { return text }
        let quoted = values.map { "'\($0)'" }
        let start = quoted.dropLast().joined(separator: ", ")
        let list = (start.isEmpty ? [] : [start]) + quoted.suffix(1)
        let expected = list.joined(separator: " or ")
        refuse(
            [.string(name)], "Input should be \(expected)", "literal_error", ["expected": .string(expected)],
            value)
        return nil
    }

    /// Refuses every member that the schema does not have.
    mutating func refuseUnknown() {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
            refuse([.string(name)], "Extra inputs are not permitted", "extra_forbidden", nil, value)
        }
    }

    /// Throws the violations, if there are any.
    func check() throws(FalError) {
        guard let first else { return }
        throw FalError(status: 422, detail: .array(details), type: first.type, message: first.message)
    }
}
