import Pixels
import Platform
import SeedreamClient
import SeedreamModel

/// The reason why a row is not a valid request, without its position.
struct ManifestComplaint: Error, Hashable {
    var message: String
    var hint: String

    init(_ message: String, hint: String) { (self.message, self.hint) = (message, hint) }
}

/// Checks the values of one row for type and range.
struct ManifestChecks {
    /// The fields that are present. `null` and an empty cell count as absent, except for `images`,
    /// where they mean an empty list or an error.
    var fields: [ManifestField: ManifestValue]
    /// The folder that relative paths start from.
    let folder: String
    /// What the rows ask for.
    let rule: OperationRule

    /// The maximum length of an id in bytes. Our number.
    static let maximumIDLength = 512

    /// Returns the row's `id`, or `nil` if it has none.
    func id() throws(ManifestComplaint) -> String? {
        let id: String
        switch fields[.id] {
        case nil: return nil
        case .cell(let text)?, .json(.string(let text))?: id = text
        case .json(.integer(let number))?: id = "\(number)"
        case let value?:
            throw ManifestComplaint(
                "id: expected text, found \(value.shown)", hint: "write it as text, as \"a-17\"")
        }
        guard (1...Self.maximumIDLength).contains(id.utf8.count) else {
            throw ManifestComplaint(
                "id: expected 1 to \(Self.maximumIDLength) bytes, found \(id.utf8.count)",
                hint: "leave the field out to use the line number as the id")
        }
        guard !id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ManifestComplaint(
                "id: expected printable characters, found \(ManifestValue.quoted(id))",
                hint: "leave the control characters out")
        }
        return id
    }

    /// Returns the row, with every field checked.
    ///
    /// - Parameters:
    ///   - id: The row's own id; `nil` if it has none.
    ///   - operation: The value of the field `operation`, if the rule reads it.
    func row(id: String?, line: Int, _ operation: JSONValue?) throws(ManifestComplaint) -> ManifestRow {
        let operation = try self.operation(operation)
        if operation == .prep { return try preparation(id: id, line: line) }
        guard rule == .edits || id != nil else {
            throw ManifestComplaint(
                "id: expected text, found none",
                hint: "a row is bought once for each id: give each row its own, and keep it when you repeat")
        }
        var row = ManifestRow(
            id: id ?? "\(line)", line: line, prompt: try prompt(), images: try images())
        row.model = try text(.model, hint: "leave the field out for the provider's Seedream 4")
        row.provider = try word(.provider, ProviderID.allCases)
        row.size = try size()
        row.seed = try integer(.seed)
        row.count = try integer(.count, in: 1...1000)
        row.imagesPerGeneration = try integer(.imagesPerGeneration, in: 1...1000)
        row.name = try name()
        row.safety = try onOrOff(.safety)
        row.enhance = try word(.enhance, PromptEnhancement.allCases)
        row.resultFormat = try word(.resultFormat, ResultFormat.allCases)
        row.resultBackground = try word(.resultBackground, ResultBackground.allCases)
        row.guidanceScale = try guidanceScale()
        row.layers = try onOrOff(.layers)
        return row
    }

    private func operation(_ value: JSONValue?) throws(ManifestComplaint) -> RowOperation {
        guard case .named(let standard) = rule else { return .edit }
        let words = RowOperation.allCases.map(\.rawValue).joined(separator: " or ")
        switch value {
        case nil, .null?:
            if let standard { return standard }
            throw ManifestComplaint(
                "operation: expected \(words), found none", hint: "write \"operation\": \"prep\"")
        case let value?:
            if let operation = value.string.flatMap(RowOperation.init(rawValue:)) { return operation }
            throw ManifestComplaint(
                "operation: expected \(words), found \(ManifestValue.json(value).shown)",
                hint: "write \"operation\": \"prep\"")
        }
    }

    /// Returns a row that prepares one image. Fields of a request are for a later edit of the same
    /// row, and have no effect.
    private func preparation(id: String?, line: Int) throws(ManifestComplaint) -> ManifestRow {
        for field in [ManifestField.model, .provider] where fields[field] != nil {
            throw ManifestComplaint(
                "\(field.rawValue): expected none in a row for prep, found one",
                hint: "choose the limits for all rows where the worker is started")
        }
        let images = try images()
        guard images.count == 1 else {
            throw ManifestComplaint(
                "images: expected one image in a row for prep, found \(images.count)",
                hint: "write a row for each image")
        }
        var row = ManifestRow(id: id ?? "\(line)", line: line, prompt: "", images: images)
        (row.operation, row.isNumbered) = (.prep, id == nil)
        row.name = try text(.name, hint: "leave the field out for the default names")
        do throws(RequestError) {
            _ = try row.name.map { name throws(RequestError) in
                try NameTemplate(name, knowing: NameTemplate.Placeholder.ofRows)
            }
        } catch {
            throw ManifestComplaint("name: \(error.message)", hint: error.hint)
        }
        return row
    }

    private func prompt() throws(ManifestComplaint) -> String {
        let hint = "describe the image, as \"prompt\": \"a red fox in snow\""
        // A request for layers is complete without words.
        if try onOrOff(.layers) ?? false {
            switch fields[.prompt] {
            case nil, .json(.string(""))?, .cell("")?: return ""
            default: break
            }
        }
        guard let prompt = try text(.prompt, hint: hint) else {
            throw ManifestComplaint("prompt: expected text, found none", hint: hint)
        }
        guard prompt.unicodeScalars.contains(where: { !$0.properties.isWhitespace && !$0.isInvisible }) else {
            throw ManifestComplaint(
                "prompt: expected words, found \(ManifestValue.quoted(prompt))", hint: hint)
        }
        return prompt
    }

    // MARK: Kinds of values

    /// Returns a text without leading and trailing spaces and tabs.
    static func trimmed(_ text: some StringProtocol) -> String {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        guard let start = text.firstIndex(where: { !isSpace($0) }),
            let end = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[start...end])
    }

    private func text(_ field: ManifestField, hint: String) throws(ManifestComplaint) -> String? {
        let text: String
        switch fields[field] {
        case nil: return nil
        case .cell(let cell)?: text = cell
        case .json(.string(let string))?: text = string
        case let value?:
            throw ManifestComplaint("\(field.rawValue): expected text, found \(value.shown)", hint: hint)
        }
        guard !text.isEmpty else {
            throw ManifestComplaint("\(field.rawValue): expected text, found an empty one", hint: hint)
        }
        try checkNoZero(text, field)
        return text
    }

    func checkNoZero(_ text: String, _ field: ManifestField) throws(ManifestComplaint) {
        guard !text.utf8.contains(0) else {
            throw ManifestComplaint(
                "\(field.rawValue): expected text, found a NUL character in it", hint: "leave it out")
        }
    }

    private func integer(_ field: ManifestField, in range: ClosedRange<Int>? = nil)
        throws(ManifestComplaint) -> Int?
    {
        guard let value = fields[field] else { return nil }
        let number: Int? =
            switch value {
            case .json(let value): value.integer
            // Programs without a missing value for integers write 7.0.
            case .cell(let text): (try? JSONValue(parsing: Self.trimmed(text).utf8))?.integer
            }
        if let number, range?.contains(number) ?? true { return number }
        let expected = range.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "a whole number"
        var hint = "leave the field out for the default"
        if case .json(.string(let text)) = value, Int(text) != nil { hint = "write it without quotes" }
        throw ManifestComplaint("\(field.rawValue): expected \(expected), found \(value.shown)", hint: hint)
    }

    private func word<Word: RawRepresentable<String>>(_ field: ManifestField, _ words: [Word])
        throws(ManifestComplaint) -> Word?
    {
        guard let value = fields[field] else { return nil }
        let text: String? =
            switch value {
            case .json(let value): value.string
            case .cell(let text): Self.trimmed(text)
            }
        if let word = text.flatMap(Word.init(rawValue:)) { return word }
        throw ManifestComplaint(
            "\(field.rawValue): expected one of \(words.map(\.rawValue).joined(separator: ", ")), found \(value.shown)",
            hint: "write one of them, or leave the field out")
    }

    private func size() throws(ManifestComplaint) -> OutputSize? {
        let hint = "as 2K, match@4K, 16:9, 16:9@4K, 1536x1024, or a provider's name as square_hd"
        guard let value = fields[.size] else { return nil }
        let text = try text(.size, hint: hint).map { Self.trimmed($0) }
        guard let size = text.flatMap({ OutputSize($0) }) else {
            throw ManifestComplaint("size: expected a size, found \(value.shown)", hint: hint)
        }
        // No provider makes images this small; a ratio was probably meant.
        if case .pixels(let pixels) = size, min(pixels.width, pixels.height) < 64 {
            throw ManifestComplaint(
                "size: expected sides of at least 64 px, found \(pixels)",
                hint: "for a shape write \(pixels.width):\(pixels.height)")
        }
        return size
    }

    private func name() throws(ManifestComplaint) -> String? {
        guard let name = try text(.name, hint: "leave the field out for the default names") else {
            return nil
        }
        do throws(RequestError) {
            try Destination(folder: ".", template: name).check()
        } catch {
            throw ManifestComplaint("name: \(error.message)", hint: error.hint)
        }
        return name
    }

    private func guidanceScale() throws(ManifestComplaint) -> Double? {
        guard let value = fields[.guidanceScale] else { return nil }
        let number: Double? =
            switch value {
            case .json(let value): value.number
            case .cell(let text): Double(Self.trimmed(text))
            }
        if let number, number > 0, number <= 100 { return number }
        throw ManifestComplaint(
            "guidance_scale: expected a number above 0 and at most 100, found \(value.shown)",
            hint: "leave the field out for the model's own")
    }

    private func onOrOff(_ field: ManifestField) throws(ManifestComplaint) -> Bool? {
        guard let value = fields[field] else { return nil }
        switch value {
        case .json(.bool(let isOn)): return isOn
        case .cell(let text), .json(.string(let text)):
            switch Self.trimmed(text).lowercased() {
            case "on", "true": return true
            case "off", "false": return false
            default: break
            }
        default: break
        }
        throw ManifestComplaint(
            "\(field.rawValue): expected on or off, found \(value.shown)",
            hint: "write one of them, or leave the field out")
    }
}
