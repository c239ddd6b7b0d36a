import SeedreamModel

/// Reads the members of a request's body; the first violation is reported. `null` counts as absent,
/// which is a guess.
struct ArkFields {
    /// All names in the body.
    let names: Set<String>
    private let members: [String: JSONValue]

    init(_ body: JSONValue) throws(ArkError) {
        guard let all = body.object else { throw .invalid("body", "it must be a JSON object") }
        names = Set(all.keys)
        members = all.filter { !$0.value.isNull }
    }

    subscript(field: String) -> JSONValue? { members[field] }

    func text(_ field: String) throws(ArkError) -> String? {
        guard let value = members[field] else { return nil }
        guard let text = value.string else { throw .invalid(field, "must be a string") }
        return text
    }

    func required(_ field: String) throws(ArkError) -> String {
        guard let text = try text(field) else { throw .missing(field) }
        return text
    }

    func bool(_ field: String) throws(ArkError) -> Bool? {
        guard let value = members[field] else { return nil }
        guard let bool = value.bool else { throw .invalid(field, "must be a boolean") }
        return bool
    }

    func integer(_ field: String) throws(ArkError) -> Int? {
        guard let value = members[field] else { return nil }
        guard let number = value.integer else { throw .invalid(field, "must be an integer") }
        return number
    }

    func number(_ field: String, in range: ClosedRange<Double>) throws(ArkError) -> Double? {
        guard let value = members[field] else { return nil }
        guard let number = value.number else { throw .invalid(field, "must be a number") }
        guard range.contains(number) else {
            let bounds = (range.lowerBound.formattedShortly, range.upperBound.formattedShortly)
            throw .invalid(field, "must be between \(bounds.0) and \(bounds.1)")
        }
        return number
    }

    func object(_ field: String) throws(ArkError) -> JSONValue? {
        guard let value = members[field] else { return nil }
        guard value.object != nil else { throw .invalid(field, "must be an object") }
        return value
    }

    func choice(_ field: String, _ values: [String]) throws(ArkError) -> String? {
        try Self.choice(field, members[field], values)
    }

    /// Returns a value that is one of several texts; `nil` if it is absent.
    static func choice(_ field: String, _ value: JSONValue?, _ values: [String]) throws(ArkError) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string, values.contains(text) else {
            throw .invalid(field, "must be \(values.map { "'\($0)'" }.joined(separator: " or "))")
        }
        return text
    }
}
