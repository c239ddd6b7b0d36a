import Foundation

/// The validator of python3-jsonschema, an independent judge of JSON documents and schemas.
///
/// It starts slowly, so one call judges all documents of a test. Schemas are closed for it: an
/// object with a key that its schema does not describe is an error.
public enum JSONSchemaValidator {
    /// A document, and the name of its schema.
    public struct Claim: Codable, Sendable {
        /// The name of the schema.
        public var schema: String
        /// Where the document is from.
        public var label: String
        /// Its text. Anything but one JSON value is an error.
        public var text: String

        /// Creates a claim.
        public init(_ schema: String, _ label: String, _ text: String) {
            (self.schema, self.label, self.text) = (schema, label, text)
        }
    }

    /// What the validator found.
    public struct Report: Decodable, Sendable {
        /// Documents that do not obey their schema, and schemas that are not valid.
        public var errors: [String]
        /// Changes to documents that the schemas should not allow, and do: a required key removed,
        /// a word replaced, a key added.
        public var tolerated: [String]
        /// The number of changes tried.
        public var changes: Int
        /// Properties of the schemas that no document has, such as `jobs.error`.
        public var unseen: [String]
        /// The documents, by the name of their schema.
        public var counts: [String: Int]
    }

    private static let python = "/usr/bin/python3"

    /// Whether the module is installed.
    public static let isPresent: Bool = {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "from jsonschema import Draft202012Validator"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Judges documents.
    ///
    /// - Parameter schemas: The schemas by name, as JSON texts.
    public static func report(on claims: [Claim], schemas: [String: String]) throws -> Report {
        struct Task: Encodable {
            var schemas: [String: String]
            var claims: [Claim]
        }
        let folder = try TemporaryFolder()
        let task = try folder.write(
            try JSONEncoder().encode(Task(schemas: schemas, claims: claims)), as: "task.json")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script, task]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Report.self, from: data)
    }

    private static let script = #"""
        import json, sys
        from jsonschema import Draft202012Validator as Validator

        task = json.load(open(sys.argv[1]))
        errors, tolerated, counts, seen, tried = [], [], {}, set(), set()

        def close(node):
            if isinstance(node, list):
                return [close(element) for element in node]
            if not isinstance(node, dict):
                return node
            node = {key: close(value) for key, value in node.items()}
            if node.get("type") == "object" and "properties" in node:
                node.setdefault("additionalProperties", False)
            return node

        def properties(schema, root, at, found, visited):
            if "$ref" in schema:
                name = schema["$ref"].split("/")[-1]
                if name not in visited:
                    visited.add(name)
                    properties(root["$defs"][name], root, name, found, visited)
            for part in schema.get("oneOf", []):
                properties(part, root, at, found, visited)
            if "items" in schema:
                properties(schema["items"], root, at, found, visited)
            for key, part in schema.get("properties", {}).items():
                found.add(f"{at}.{key}")
                properties(part, root, f"{at}.{key}", found, visited)

        def walk(schema, value, root, at, is_valid):
            if "$ref" in schema:
                name = schema["$ref"].split("/")[-1]
                return walk(root["$defs"][name], value, root, name, is_valid)
            for part in schema.get("oneOf", []):
                if Validator({**part, "$defs": root.get("$defs", {})}).is_valid(value):
                    walk(part, value, root, at, is_valid)
            if isinstance(value, list) and "items" in schema:
                for element in value:
                    walk(schema["items"], element, root, at, is_valid)
            if not isinstance(value, dict):
                return
            parts = schema.get("properties", {})

            def attempt(what, key, changed):
                if (at, what, key) in tried:
                    return
                tried.add((at, what, key))
                before = dict(value)
                value.clear()
                value.update(changed)
                if is_valid():
                    tolerated.append(f"{at}: {what} {key}")
                value.clear()
                value.update(before)

            if parts and schema.get("additionalProperties") is False:
                attempt("added", "surplus", {**value, "surplus": 1})
            for key in list(value):
                if key not in parts:
                    continue
                seen.add(f"{at}.{key}")
                if key in schema.get("required", []):
                    attempt("removed", key, {k: v for k, v in value.items() if k != key})
                part = parts[key]
                if "enum" in part or "const" in part:
                    attempt("replaced", key, {**value, key: "no-such-word"})
                walk(part, value[key], root, f"{at}.{key}", is_valid)

        schemas, every = {}, set()
        for name, text in task["schemas"].items():
            schema = json.loads(text)
            try:
                Validator.check_schema(schema)
            except Exception as error:
                errors.append(f"schema {name}: {error}")
            schemas[name] = close(schema)
            properties(schemas[name], schemas[name], name, every, set())

        for claim in task["claims"]:
            name, label = claim["schema"], claim["label"]
            counts[name] = counts.get(name, 0) + 1
            try:
                document = json.loads(claim["text"])
            except ValueError as error:
                errors.append(f"{label}: {error}: {claim['text'][:300]}")
                continue
            validator = Validator(schemas[name])
            found = [f"{label}: {name}: {list(e.path)}: {e.message[:600]}" for e in validator.iter_errors(document)]
            errors += found
            if not found:
                walk(schemas[name], document, schemas[name], name, lambda: validator.is_valid(document))

        print(json.dumps({
            "errors": errors, "tolerated": tolerated, "changes": len(tried),
            "unseen": sorted(every - seen), "counts": counts,
        }))
        """#
}
