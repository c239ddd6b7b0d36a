import ArgumentParser
import SeedreamModel

/// `seedream schema`: prints the JSON Schema of a document.
struct ShowSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a document that this command prints or writes.",
        discussion: """
            Without a name, lists the documents. The schemas (draft 2020-12) describe what this \
            version prints. Later versions may add keys and words; a change that breaks readers \
            raises the number `schema` in the document.

            Examples:
              seedream schema
              seedream schema jobs
              seedream schema --all >seedream.schema.json
            """)

    @Argument(help: ArgumentHelp("The document.", valueName: "name"))
    var name: JSONDocument?

    @Flag(help: "Print one schema that has those of all documents in $defs.")
    var all = false

    @Flag(help: "Print one JSON document to stdout; schemas are JSON anyway.")
    var json = false

    @OptionGroup
    var terminal: TerminalArguments

    func validate() throws {
        if all, name != nil { throw ValidationError("'--all' prints every schema; leave out the name") }
    }

    func run() throws {
        if let name { return try Terminal.print(JSON.document(name.schema)) }
        if all { return try Terminal.print(JSON.document(JSONDocument.all)) }
        if json { return try Terminal.print(JSON.document(SchemaList())) }
        var table = Table(["document", Table.Column("printed or written by", least: 20, keepsEnd: false)])
        for document in JSONDocument.allCases {
            let places = document.commands + [document.file].compactMap(\.self)
            table.add([document.rawValue, places.joined(separator: ", ")])
        }
        var lines = table.lines()
        lines[0] = Style(descriptor: 1).bold(lines[0])
        for line in lines { try Terminal.print(line) }
    }
}

extension JSONDocument: ExpressibleByArgument {}

/// The JSON document of `seedream schema --json`, schema 1.
struct SchemaList: Encodable {
    /// A document that has a schema.
    struct Entry: Encodable {
        var name: String
        var summary: String
        var commands: [String]
        var file: String?
    }

    var schema = 1
    let documents = JSONDocument.allCases.map {
        Entry(name: $0.rawValue, summary: $0.summary, commands: $0.commands, file: $0.file)
    }
}
