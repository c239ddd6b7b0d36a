import SeedreamModel

/// A JSON Schema of draft 2020-12.
///
/// Objects are open: later versions add keys, which readers must ignore. The tests close them, so
/// that this version prints no key that its schemas do not describe.
struct Schema: Sendable {
    /// The keywords.
    private(set) var members: [String: JSONValue]

    private init(_ members: [String: JSONValue], _ about: String?) {
        self.members = members
        if let about { self.members["description"] = .string(about) }
    }

    /// The schema as JSON.
    var value: JSONValue { .object(members) }

    /// Returns the schema with another description.
    func about(_ text: String) -> Schema { Schema(members, text) }

    // MARK: Values

    static func text(_ about: String? = nil, pattern: String? = nil, format: String? = nil) -> Schema {
        var members: [String: JSONValue] = ["type": "string"]
        if let pattern { members["pattern"] = .string(pattern) }
        if let format { members["format"] = .string(format) }
        return Schema(members, about)
    }

    /// A time in UTC, ISO 8601.
    static func time(_ about: String) -> Schema {
        text(
            "\(about); ISO 8601, UTC", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$",
            format: "date-time")
    }

    /// A SHA-256 digest.
    static func digest(_ about: String) -> Schema {
        text("\(about): 64 hexadecimal digits", pattern: "^[0-9a-f]{64}$")
    }

    static func integer(_ about: String? = nil, from minimum: Int? = 0, to maximum: Int? = nil) -> Schema {
        var members: [String: JSONValue] = ["type": "integer"]
        if let minimum { members["minimum"] = .integer(minimum) }
        if let maximum { members["maximum"] = .integer(maximum) }
        return Schema(members, about)
    }

    static func number(_ about: String? = nil, from minimum: Int? = 0, to maximum: Int? = nil) -> Schema {
        var schema = integer(about, from: minimum, to: maximum)
        schema.members["type"] = "number"
        return schema
    }

    static func flag(_ about: String) -> Schema { Schema(["type": "boolean"], about) }

    /// A value that is always the same.
    static func constant(_ value: JSONValue, _ about: String? = nil) -> Schema {
        Schema(["const": value], about)
    }

    /// One of the words.
    static func words(_ words: [String], _ about: String? = nil) -> Schema {
        Schema(["type": "string", "enum": .array(words.map { .string($0) })], about)
    }

    /// One of the words of an enumeration.
    static func words<Words: CaseIterable & RawRepresentable<String>>(
        of type: Words.Type, _ about: String? = nil
    ) -> Schema {
        words(Words.allCases.map(\.rawValue), about)
    }

    /// Any JSON value.
    static func any(_ about: String) -> Schema { Schema([:], about) }

    // MARK: Containers

    static func list(of element: Schema, _ about: String? = nil) -> Schema {
        Schema(["type": "array", "items": element.value], about)
    }

    /// An object whose keys are not known before.
    static func map(of element: Schema, names: Schema? = nil, _ about: String) -> Schema {
        var members: [String: JSONValue] = ["type": "object", "additionalProperties": element.value]
        members["propertyNames"] = names?.value
        return Schema(members, about)
    }

    /// A member of an object.
    struct Property {
        var name: String
        var schema: Schema
        var isRequired: Bool

        /// A member that is always there.
        static func always(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: true)
        }

        /// A member that is missing if there is nothing to say.
        static func maybe(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: false)
        }
    }

    /// An object.
    static func object(_ properties: [Property]) -> Schema {
        let pairs = properties.map { ($0.name, $0.schema.value) }
        return Schema(
            [
                "type": "object",
                "required": .array(properties.filter(\.isRequired).map { .string($0.name) }),
                "properties": .object(Dictionary(pairs) { $1 }),
            ], nil)
    }

    /// An object.
    static func object(_ about: String, _ properties: [Property]) -> Schema {
        object(properties).about(about)
    }

    /// The schema of an object whose other keys have a meaning too.
    var open: Schema {
        var schema = self
        schema.members["additionalProperties"] = true
        return schema
    }

    /// Exactly one of the schemas.
    static func one(of schemas: [Schema], _ about: String? = nil) -> Schema {
        Schema(["oneOf": .array(schemas.map(\.value))], about)
    }

    // MARK: Definitions

    /// A definition that several schemas share.
    static func definition(_ definition: SchemaDefinition, _ about: String? = nil) -> Schema {
        Schema(["$ref": .string("#/$defs/\(definition.rawValue)")], about)
    }

    /// The definitions that the schemas refer to, and those that these refer to, by name.
    static func definitions(of schemas: [Schema]) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        func visit(_ value: JSONValue) {
            if let name = value["$ref"]?.string?.split(separator: "/").last.map(String.init),
                found[name] == nil, let definition = SchemaDefinition(rawValue: name)
            {
                let schema = definition.schema.value
                found[name] = schema
                visit(schema)
            }
            for member in value.object ?? [:] { visit(member.value) }
            for element in value.array ?? [] { visit(element) }
        }
        for schema in schemas { visit(schema.value) }
        return found
    }
}
