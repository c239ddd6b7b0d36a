/// A page of the manual, in the macros of man(7), which groff and mandoc both read.
///
/// The parser's own `generate-manual` leaves out hidden options, groups, values and exit codes, and
/// fills examples like prose.
struct ManualPage {
    /// The name of the file, such as `seedream-edit.1`.
    let fileName: String
    /// The content of the file, in ASCII.
    private(set) var text = ""

    /// - Parameters:
    ///   - command: The command that the page is about.
    ///   - root: The command at the top of the tree.
    ///   - date: The day of the page, such as `2026-11-28`; empty for none.
    init(_ command: CommandDescription, root: CommandDescription, version: String, date: String) {
        let name = Self.name(command)
        fileName = "\(name).1"
        let discussion = Discussion(command.discussion ?? "")
        text += ".TH \(name.uppercased()) 1 \"\(date)\" \"seedream \(version)\" \"User Commands\"\n"
        // Words of a command line must not be hyphenated.
        macro("nh")
        macro("ad", "l")
        macro("SH", "NAME")
        // Without a full stop, as whatis(1) shows it in a list.
        let abstract = command.abstract ?? ""
        line(
            "\(Self.code(name)) \\- \(Self.prose(abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract))"
        )
        macro("SH", "SYNOPSIS")
        synopsis(command)
        if !discussion.blocks.isEmpty {
            macro("SH", "DESCRIPTION")
            add(discussion.blocks)
        }
        subcommands(of: command)
        options(of: command)
        if !discussion.examples.isEmpty {
            macro("SH", "EXAMPLES")
            // Indented as in the help, so that the longest of its lines has 80 columns here too.
            macro("in", "2n")
            literal(discussion.examples)
        }
        exitStatus(of: command)
        let usesFiles = (command.arguments ?? []).contains {
            $0.names?.contains { $0.name == "ledger" } ?? false
        }
        if usesFiles || command.superCommands == nil {
            list("ENVIRONMENT", HelpDocument.variables.map { ($0.name, $0.effect) })
            list("FILES", Self.files)
        }
        seeAlso(command, root: root)
    }

    /// Returns the pages of a command and of all its subcommands that the help lists.
    static func all(of root: CommandDescription, version: String, date: String) -> [ManualPage] {
        func pages(_ command: CommandDescription) -> [ManualPage] {
            [ManualPage(command, root: root, version: version, date: date)] + command.shown.flatMap(pages)
        }
        return pages(root)
    }

    private static func name(_ command: CommandDescription) -> String {
        command.path.replacing(" ", with: "-")
    }

    /// The files that the command keeps.
    private static let files = [
        (name: "~/.config/seedream/config.json", text: "the settings, see `seedream config`"),
        (
            name: "~/.config/seedream/keys",
            text: "the keys of the providers as NAME=value lines, which only you may read"
        ),
        (name: "~/.local/state/seedream/jobs.sqlite", text: "the ledger: every job and every run"),
    ]

    // MARK: Sections

    private mutating func synopsis(_ command: CommandDescription) {
        let arguments = command.arguments ?? []
        var words = [Self.code(command.path)]
        if arguments.contains(where: { $0.kind != .positional }) { words.append("[\\fIoptions\\fR]") }
        words += arguments.filter { $0.kind == .positional }.map { argument in
            let name = Self.variable(argument.valueName) + (argument.isRepeating ? " .\\|.\\|." : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        let line = words.joined(separator: " ")
        // A command that has subcommands without working alone takes no arguments.
        let isGroup = command.superCommands == nil
        if !isGroup { self.line(line) }
        if !command.shown.isEmpty {
            if !isGroup { macro("br") }
            self.line("\(Self.code(command.path)) \\fIsubcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]")
        }
    }

    private mutating func subcommands(of command: CommandDescription) {
        guard !command.shown.isEmpty else { return }
        macro("SH", "SUBCOMMANDS")
        for subcommand in command.shown {
            macro("TP")
            line("\\fB\(Self.escaped(Self.name(subcommand)))\\fR(1)")
            paragraph(subcommand.abstract ?? "")
        }
    }

    private mutating func options(of command: CommandDescription) {
        let arguments = command.arguments ?? []
        var titles: [String] = []
        var groups: [String: [CommandDescription.Argument]] = [:]
        for argument in arguments {
            let title = argument.kind == .positional ? "Arguments" : argument.sectionTitle ?? "Other options"
            if groups[title] == nil { titles.append(title) }
            groups[title, default: []].append(argument)
        }
        // The options of every command come last.
        let ends = ["Arguments", "Other options"]
        titles =
            titles.filter { $0 == ends[0] } + titles.filter { !ends.contains($0) }
            + titles.filter { $0 == ends[1] }
        macro("SH", "OPTIONS")
        for title in titles {
            if titles.count > 1 { macro("SS", title) }
            for argument in groups[title] ?? [] {
                macro("TP")
                line(Self.term(argument))
                paragraph(Self.explanation(argument))
            }
        }
        guard command.superCommands == nil else { return }
        // An option of the parser, which its help does not list.
        macro("TP")
        line("\(Self.code("--generate-completion-script")) \(Self.variable("shell"))")
        paragraph("Print the completion script for bash, zsh or fish.")
    }

    private mutating func exitStatus(of command: CommandDescription) {
        let isPreparation = ["seedream prep", "seedream inspect"].contains(command.path)
        macro("SH", "EXIT STATUS")
        for code in isPreparation ? ExitStatus.ofPreparation : ExitStatus.allCases {
            macro("TP", "6")
            line(Self.code("\(code.rawValue)"))
            paragraph(code.meaning)
        }
        if !isPreparation {
            macro("PP")
            paragraph(
                "If several apply, 76 takes precedence. A run ends with the cause of an early stop, otherwise with 130 or 143, 76 or 1, in this order."
            )
        }
    }

    private mutating func list(_ title: String, _ entries: [(name: String, text: String)]) {
        macro("SH", title)
        for entry in entries {
            macro("TP")
            line(Self.code(entry.name))
            paragraph(entry.text)
        }
    }

    private mutating func seeAlso(_ command: CommandDescription, root: CommandDescription) {
        func all(_ command: CommandDescription) -> [CommandDescription] {
            [command] + command.shown.flatMap(all)
        }
        let texts = ([command.discussion, command.abstract] + (command.arguments ?? []).map(\.abstract))
            .compactMap(\.self).joined(separator: "\n").replacing("\n", with: " ")
        let related = all(root).filter { other in
            guard other.path != command.path else { return false }
            // The root, the parent, the children, and those that the text names.
            return other.superCommands == nil || command.superCommands == nil
                || command.path.hasPrefix("\(other.path) ") || other.path.hasPrefix("\(command.path) ")
                || texts.contains("`\(other.path)`") || texts.contains("`\(other.path) ")
        }
        macro("SH", "SEE ALSO")
        let references = related.map { "\\fB\(Self.escaped(Self.name($0)))\\fR(1)" }
        for (index, reference) in references.enumerated() {
            line(reference + (index < references.count - 1 ? "," : ""))
        }
    }

    // MARK: Options

    /// Returns the names of an argument with the name of its value.
    private static func term(_ argument: CommandDescription.Argument) -> String {
        guard let names = argument.names, !names.isEmpty else { return variable(argument.valueName) }
        // Short names first, as in the help.
        let sorted = names.filter { $0.kind != "long" } + names.filter { $0.kind == "long" }
        let text = sorted.map { code($0.text) }.joined(separator: ", ")
        return argument.kind == .option ? "\(text) \(variable(argument.valueName))" : text
    }

    /// Returns the help of an argument, with its values and its default as in the help.
    private static func explanation(_ argument: CommandDescription.Argument) -> String {
        var facts: [String] = []
        if let values = argument.allValues, !values.isEmpty {
            facts.append("values: \(values.joined(separator: ", "))")
        }
        if argument.kind != .flag, let value = argument.defaultValue, !value.isEmpty {
            facts.append("default: \(value)")
        }
        let text = argument.abstract ?? ""
        return facts.isEmpty ? text : "\(text) (\(facts.joined(separator: "; ")))"
    }

    // MARK: Text

    private mutating func add(_ blocks: [Discussion.Block]) {
        for (index, block) in blocks.enumerated() {
            if index > 0 { macro("PP") }
            switch block {
            case .paragraph(let text): paragraph(text)
            case .literal(let lines): literal(lines)
            }
        }
    }

    private mutating func literal(_ lines: [String]) {
        macro("EX")
        for line in lines { self.line(Self.escaped(line)) }
        macro("EE")
    }

    /// Adds prose, wrapped so that the source can be read too.
    private mutating func paragraph(_ text: String) {
        var current = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !current.isEmpty, current.utf8.count + word.utf8.count >= 72 {
                line(Self.prose(current))
                current = ""
            }
            // A line ends inside no code span, whose font the next line would not have.
            current += (current.isEmpty ? "" : " ") + word
        }
        if !current.isEmpty { line(Self.prose(current)) }
    }

    private mutating func line(_ text: String) {
        // A control character at the start of a line would make it a macro.
        let isMacro = text.hasPrefix(".") || text.hasPrefix("'")
        self.text += (isMacro ? "\\&" : "") + text + "\n"
    }

    private mutating func macro(_ name: String, _ arguments: String...) {
        let words = arguments.map { argument in
            let text = Self.escaped(argument).replacing("\"", with: "\\(dq")
            return text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
        }
        text += ([".\(name)"] + words).joined(separator: " ") + "\n"
    }

    private static func code(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

    private static func variable(_ name: String?) -> String { "\\fI\(escaped(name ?? ""))\\fR" }

    /// Returns prose with the text between backticks as code.
    private static func prose(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard parts.count % 2 == 1 else { return escaped(text) }
        return parts.enumerated().map { $0.offset % 2 == 1 ? code($0.element) : escaped($0.element) }.joined()
    }

    /// Returns text that is printed as it is. A plain hyphen would become a typographic one.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            }
        }
        return result
    }
}

/// The long text of a command, in its parts.
private struct Discussion {
    enum Block {
        case paragraph(String)
        case literal([String])
    }

    /// The text without the examples and without what refers to the help.
    var blocks: [Block] = []
    /// The lines of the examples.
    var examples: [String] = []

    init(_ text: String) {
        var isExample = false
        for part in text.split(separator: "\n\n", omittingEmptySubsequences: true) {
            var lines = part.split(separator: "\n").map(String.init)
            if lines.first == "Examples:" {
                isExample = true
                lines.removeFirst()
            }
            if isExample {
                examples += lines.map { String($0.dropFirst(2)) }
                isExample = false
            } else if lines.allSatisfy({ $0.hasPrefix("  ") }) {
                blocks.append(.literal(lines))
            } else if !["More options:", "Exit codes:"].contains(where: { lines[0].hasPrefix($0) }) {
                blocks.append(.paragraph(lines.joined(separator: " ")))
            }
        }
    }
}
