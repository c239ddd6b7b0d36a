import SeedreamModel

/// What the rows of a source ask for.
enum OperationRule: Hashable, Sendable {
    /// Every row edits, and a field `operation` has no meaning.
    case edits
    /// Each row names its operation in the field `operation`, or has the default.
    case named(default: RowOperation?)

    /// The maximum length of a line in bytes.
    var maximumLineBytes: Int {
        self == .edits ? ManifestReader.maximumLineBytes : ManifestReader.maximumOperationBytes
    }
}

/// Parses the bytes of a manifest into records, one at a time.
struct ManifestParser: ~Copyable {
    /// A column of a CSV file.
    private struct Column {
        var name: String
        /// `nil` for a carried column.
        var field: ManifestField?
    }

    private var bytes: ManifestBytes
    private let folder: String
    private let rule: OperationRule
    private var records = CSVRecords(maximum: ManifestReader.maximumLineBytes)
    /// The columns of a CSV file; `nil` for JSON Lines.
    private var columns: [Column]?
    /// The number of the last line that was read; used for JSON Lines only.
    private var line = 0
    /// The line of each id so far, by the id's hash.
    private var lines: [Int: UInt32] = [:]
    /// The meanings of field names, cached because most rows have the same names.
    private var meanings: [String: ManifestField.Meaning] = [:]
    /// The digest of all bytes; `nil` before the end.
    private(set) var digest: String?

    init(_ bytes: consuming ManifestBytes, folder: String, _ rule: OperationRule) {
        self.bytes = bytes
        self.folder = folder
        self.rule = rule
    }

    /// Returns the next record, or `nil` at the end.
    mutating func next() throws(ManifestError) -> ManifestRecord? {
        while digest == nil {
            guard let columns else {
                line += 1
                guard let text = try bytes.line(maximum: rule.maximumLineBytes) else { break }
                if let record = record(text) { return record }
                continue
            }
            guard let record = try records.next(&bytes) else { break }
            if !record.isEmpty { return self.record(record, columns) }
        }
        if digest == nil { digest = bytes.finish() }
        return nil
    }

    private func failure(
        _ message: String, hint: String, line: Int, id: String? = nil, carried: [CarriedField] = []
    ) -> ManifestRecord {
        .failure(ManifestFailure(id: id, line: line, message: message, hint: hint, carried: carried))
    }

    private var tooLong: (message: String, hint: String) {
        (
            message: "expected at most \(rule.maximumLineBytes) bytes, found more",
            hint: "name files instead of embedding their bytes, and check the line ends"
        )
    }

    private static let notUTF8 = (
        message: "expected UTF-8, found other bytes", hint: "save the manifest as UTF-8"
    )

    // MARK: JSON Lines

    /// Returns the record of a line, or `nil` for an empty line.
    private mutating func record(_ text: ManifestBytes.Line) -> ManifestRecord? {
        guard case .bytes(let bytes) = text else {
            return failure(tooLong.message, hint: tooLong.hint, line: line)
        }
        if bytes.allSatisfy(ManifestBytes.isSpace) { return nil }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return failure(Self.notUTF8.message, hint: Self.notUTF8.hint, line: line)
        }
        let parsed = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in try JSONValue.members(parsing: buffer) }
        }
        let hint = "write each request as one object on one line; `jq -c .` does that"
        switch parsed {
        case .failure(let error):
            return failure("broken JSON: \(error)", hint: hint, line: line)
        case .success(nil):
            return failure("expected a JSON object, found another value", hint: hint, line: line)
        case .success(let members?):
            return record(members, of: bytes)
        }
    }

    private mutating func record(_ members: [JSONMember], of bytes: [UInt8]) -> ManifestRecord {
        var fields: [ManifestField: ManifestValue] = [:]
        var carried: [CarriedField] = []
        var complaint: ManifestComplaint?
        var names: Set<String> = []
        var operation: JSONValue?
        for member in members {
            if !names.insert(member.name).inserted {
                complaint = complaint ?? Self.repeated(member.name)
                continue
            }
            if rule != .edits, member.name == "operation" {
                operation = member.value
                continue
            }
            switch meaning(of: member.name) {
            case .known(let field):
                // `images` is required, so `null` is an error there rather than an absent field.
                if member.value.isNull, field != .images { continue }
                fields[field] = .json(member.value)
            case .carried: carried.append(CarriedField(name: member.name, json: bytes[member.text]))
            case let other: complaint = complaint ?? Self.complaint(about: member.name, other)
            }
        }
        return record(fields, carried, line: line, complaint, operation)
    }

    private static func repeated(_ name: String) -> ManifestComplaint {
        ManifestComplaint("\(ManifestValue.quoted(name)): expected once, found twice", hint: "leave one out")
    }

    private mutating func meaning(of name: String) -> ManifestField.Meaning {
        if let meaning = meanings[name] { return meaning }
        let meaning = ManifestField.meaning(of: name)
        // Bounded, because a manifest may have different fields in every row.
        if meanings.count < 1000 { meanings[name] = meaning }
        return meaning
    }

    private static func complaint(about name: String, _ meaning: ManifestField.Meaning) -> ManifestComplaint?
    {
        let name = ManifestValue.quoted(name)
        return switch meaning {
        case .steers:
            ManifestComplaint(
                "\(name): a manifest must not control keys, addresses, folders or money",
                hint: "remove the field, or rename it if it means something else")
        case .resembles(let field):
            ManifestComplaint(
                "\(name): expected \(field.rawValue), found a field that resembles it",
                hint: "write \(field.rawValue), or rename the field if it means something else")
        case .known, .carried: nil
        }
    }

    // MARK: CSV

    /// Reads the header, which names the fields.
    mutating func readHeader(named name: String) throws(ManifestError) {
        func refused(_ message: String, _ hint: String) -> ManifestError {
            .header(name: name, message: message, hint: hint)
        }
        var record = try records.next(&bytes)
        while record?.isEmpty == true { record = try records.next(&bytes) }
        guard let record else { return }
        if let fault = record.fault {
            let complaint = complaint(about: fault, of: record)
            throw refused(complaint.message, complaint.hint)
        }
        var columns: [Column] = []
        for cell in record.cells {
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw refused(Self.notUTF8.message, Self.notUTF8.hint)
            }
            guard !columns.contains(where: { $0.name == text }) else {
                let complaint = Self.repeated(text)
                throw refused(complaint.message, complaint.hint)
            }
            let meaning = ManifestField.meaning(of: text)
            if columns.isEmpty, record.cells.count == 1, text.contains(";") || text.contains("\t") {
                throw refused(
                    "expected commas between the fields, found \(text.contains("\t") ? "tabs" : "semicolons")",
                    "save it with commas, or write JSON Lines, one object per line, as {\"prompt\": …, \"images\": []}"
                )
            }
            if let complaint = Self.complaint(about: text, meaning) {
                throw refused(complaint.message, complaint.hint)
            }
            if case .known(let field) = meaning {
                columns.append(Column(name: text, field: field))
            } else {
                columns.append(Column(name: text))
            }
        }
        for field in [ManifestField.prompt, .images] where !columns.contains(where: { $0.field == field }) {
            throw refused(
                "expected a header with the fields prompt and images, found no \(field.rawValue)",
                field == .images
                    ? "add a field images; an empty cell means text to image"
                    : "start with a header as id,prompt,images, or write JSON Lines, one object per line")
        }
        self.columns = columns
    }

    private func complaint(about fault: CSVRecords.Fault, of record: CSVRecords.Record)
        -> ManifestComplaint
    {
        let hint = "quote a cell that contains a quote, and double each quote in it"
        return switch fault {
        case .quoteWithinCell:
            ManifestComplaint(
                "expected no quote inside an unquoted cell, found one", hint: hint)
        case .textBehindQuote:
            ManifestComplaint("expected a comma after a quoted cell, found text", hint: hint)
        case .unclosedQuote(let line):
            ManifestComplaint(
                "expected the quote on line \(line) to be closed, found the end on line \(record.lastLine)",
                hint: "close the quote; the lines from \(line) on were read as one cell")
        case .tooLong: ManifestComplaint(tooLong.message, hint: tooLong.hint)
        }
    }

    private mutating func record(_ record: CSVRecords.Record, _ columns: [Column]) -> ManifestRecord {
        if let fault = record.fault {
            let complaint = complaint(about: fault, of: record)
            return failure(complaint.message, hint: complaint.hint, line: record.line)
        }
        guard record.cells.count == columns.count else {
            return failure(
                "expected \(columns.count) cells, as the first line has, found \(record.cells.count)",
                hint: "quote a cell that contains a comma", line: record.line)
        }
        var fields: [ManifestField: ManifestValue] = [:]
        var carried: [CarriedField] = []
        for (column, cell) in zip(columns, record.cells) {
            guard let text = String(validating: cell, as: UTF8.self) else {
                return failure(Self.notUTF8.message, hint: Self.notUTF8.hint, line: record.line)
            }
            guard let field = column.field else {
                carried.append(CarriedField(name: column.name, value: .string(text)))
                continue
            }
            if !text.isEmpty || field == .images { fields[field] = .cell(text) }
        }
        return self.record(fields, carried, line: record.line, nil)
    }

    // MARK: Rows

    private mutating func record(
        _ fields: [ManifestField: ManifestValue], _ carried: [CarriedField], line: Int,
        _ complaint: ManifestComplaint?, _ operation: JSONValue? = nil
    ) -> ManifestRecord {
        let checks = ManifestChecks(fields: fields, folder: folder, rule: rule)
        var id: String?
        do throws(ManifestComplaint) {
            let given = try checks.id()
            // If another field is wrong, `id` may be the misspelt one: the line number is not used
            // as the id.
            let candidate = given ?? (complaint == nil ? "\(line)" : nil)
            if let candidate {
                if let first = lines.updateValue(UInt32(clamping: line), forKey: candidate.hashValue) {
                    lines[candidate.hashValue] = first
                    // An engine joins every answer by its id; in a results file, the first row has
                    // it.
                    if rule != .edits { id = candidate }
                    throw ManifestComplaint(
                        "id: expected a unique id, found \(ManifestValue.quoted(candidate)), that of line \(first)",
                        hint: given == nil
                            ? "the id of a row without one is its line number: give this row an id"
                            : "give each row a different id")
                }
                id = candidate
            }
            if let complaint { throw complaint }
            var row = try checks.row(id: given, line: line, operation)
            row.carried = carried
            return .row(row)
        } catch {
            return failure(error.message, hint: error.hint, line: line, id: id, carried: carried)
        }
    }
}
