import SeedreamModel

/// How files are named: text with `{stem}`, `{index}` and other words in braces, for what is
/// prepared and for results alike.
package struct NameTemplate: Hashable, Sendable {
    /// What is filled in for one image.
    package struct Values: Hashable, Sendable {
        /// Which image of several, from 0; shown from 1 on.
        package var index: Int
        /// How many there are: numbers are as wide as the largest one.
        package var count: Int
        /// The number that a prompt means by "image 1".
        package var position: Int
        /// How many positions there are.
        package var positions: Int
        /// Which row of the run, from 1. It is as wide as it is, so that further rows rename
        /// nothing.
        package var row: Int
        /// What a manifest calls the row; its number where it says nothing.
        package var id: String?
        /// The provider's seed; `random` where it says none.
        package var seed: Int?
        /// The provider's id of the request, or the job's.
        package var request: String
        /// What the user called the first input: a path, a URL, `-`. Without inputs, the name is
        /// `image`.
        package var source: String?
        /// Digits of an index and of a position, at least.
        package var leastDigits = 1

        package init(
            index: Int, count: Int, position: Int = 1, positions: Int = 1, row: Int = 1, id: String? = nil,
            seed: Int? = nil, request: String = "", source: String? = nil
        ) {
            (self.index, self.count) = (index, count)
            (self.position, self.positions) = (position, positions)
            (self.row, self.id) = (row, id)
            (self.seed, self.request, self.source) = (seed, request, source)
        }
    }

    /// A word in braces.
    package enum Placeholder: String, Hashable, Sendable, CaseIterable {
        /// The name of the first input, without folders and extension.
        case stem
        case index, position, row, id, seed, request

        /// Those that results of a request have. Their position is that of the image which the stem
        /// is of: the first.
        package static let ofResults: [Placeholder] = Placeholder.allCases
        /// Those that prepared images have.
        package static let ofPreparation: [Placeholder] = [.stem, .index, .position, .row]

        /// What `{stem}` was called in 0.1.0, accepted for one release.
        static let oldStem = "source"
    }

    private enum Part: Hashable {
        case text(String)
        case placeholder(Placeholder)
    }

    /// The longest name in bytes, so that `-100`, `.webp` and `.json` find room within the 255 of a
    /// file name.
    package static let maximumLength = 200
    /// The longest id of a request and the longest text of a template, in bytes.
    private static let maximumPartLength = 64
    /// The longest id of a row in a name, in bytes: with the longest of all else, some stay for the
    /// stem.
    private static let maximumIDLength = 28

    private let parts: [Part]
    /// Whether it says `{source}`, as `{stem}` was called in 0.1.0.
    package let usesOldWord: Bool

    /// Reads a template.
    ///
    /// - Parameter knownWords: The placeholders that it may have.
    /// - Throws: ``RequestError`` for an unknown placeholder, a brace without its other one, a
    ///   slash, a dot in front, characters that do not print, a placeholder twice, no text at all,
    ///   or more than 64 bytes of text.
    package init(
        _ template: String, knowing knownWords: [Placeholder] = Placeholder.ofResults
    ) throws(RequestError) {
        func refused(_ message: String, _ remedy: Remedy) -> RequestError {
            RequestError(field: "name", message: message, remedy: remedy)
        }
        let known = knownWords.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        var parts: [Part] = []
        var usesOldWord = false
        var rest = Substring(template)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw refused("expected { and } in pairs", "it knows \(known)")
            }
            let name = rest[rest.index(after: brace)..<end]
            let isOld = name == Placeholder.oldStem
            usesOldWord = usesOldWord || isOld
            guard let placeholder = isOld ? .stem : Placeholder(rawValue: String(name)),
                knownWords.contains(placeholder)
            else {
                throw refused(
                    "expected one of \(known), found {\(SafeName.of(name, maximumLength: 40))}",
                    "leave it out, or write it right")
            }
            guard !parts.contains(.placeholder(placeholder)) else {
                throw refused("expected {\(name)} once, found it twice", "leave one out")
            }
            parts.append(.placeholder(placeholder))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        let text = parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        guard !text.contains("/"), !text.contains("\\") else {
            throw refused(
                "expected a name, found a path",
                "name the folder with \(.destination); a name makes no subfolders")
        }
        guard SafeName.printable(text) == text, !template.hasPrefix("."), template.last?.isWhitespace != true
        else {
            throw refused(
                "expected letters, digits, spaces and -_., and no dot in front",
                "leave the other characters out")
        }
        guard !parts.isEmpty, text.utf8.count <= Self.maximumPartLength else {
            throw refused(
                "expected 1 to \(Self.maximumPartLength) bytes of text, found \(text.utf8.count)",
                "`{stem}-{index}` is usual")
        }
        self.parts = parts
        self.usesOldWord = usesOldWord
    }

    /// Whether a word of it is known only once the provider has answered.
    var needsResult: Bool {
        parts.contains(.placeholder(.seed)) || parts.contains(.placeholder(.request))
    }

    /// Whether each row of a run gets another name by itself.
    var tellsRowsApart: Bool { parts.contains(.placeholder(.row)) || parts.contains(.placeholder(.id)) }

    /// The name of an image, without its extension: no path, nothing hidden, never empty.
    ///
    /// - Parameter tellsApart: Whether each image of several gets another name: without `{index}`
    ///   in the template, `-{index}` follows it.
    package func name(_ values: Values, tellsApart: Bool = true) -> String {
        var parts = parts
        if tellsApart, values.count > 1, !parts.contains(.placeholder(.index)) {
            parts += [.text("-"), .placeholder(.index)]
        }
        let others = parts.map { $0 == .placeholder(.stem) ? "" : Self.text($0, values) }
        let length = max(0, Self.maximumLength - others.reduce(0) { $0 + $1.utf8.count })
        let filled = zip(parts, others).map { part, text in
            part == .placeholder(.stem)
                ? SafeName.of(Self.stem(values.source), maximumLength: length) : text
        }
        return SafeName.of(filled.joined(), maximumLength: Self.maximumLength)
    }

    private static func text(_ part: Part, _ values: Values) -> String {
        switch part {
        case .text(let text): text
        case .placeholder(.index): number(values.index + 1, of: values.count, values.leastDigits)
        case .placeholder(.position): number(values.position, of: values.positions, values.leastDigits)
        case .placeholder(.row): "\(values.row)"
        case .placeholder(.id):
            values.id.map { SafeName.of($0, maximumLength: maximumIDLength) } ?? "\(values.row)"
        case .placeholder(.seed): values.seed.map { "\($0)" } ?? "random"
        case .placeholder(.request): SafeName.of(values.request, maximumLength: maximumPartLength)
        case .placeholder(.stem): ""
        }
    }

    private static func number(_ number: Int, of count: Int, _ leastDigits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, max(leastDigits, "\(count)".count) - text.count)) + text
    }

    /// The last part of a path or URL, without its extension.
    private static func stem(_ source: String?) -> String {
        guard let source, !source.lowercased().hasPrefix("data:") else { return "image" }
        if source == "-" { return "stdin" }
        let isURL = source.contains("://")
        let path = isURL ? source.prefix { $0 != "?" && $0 != "#" } : source[...]
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}

/// The names that files of one run have already: a further one of the same name gets `-2`.
///
/// Names that differ in case only, or in how accents are written (Unicode normalisation), are the
/// same: some file systems keep them apart, others do not, and a folder is copied from one to the
/// other.
package struct TakenNames: Sendable {
    private var taken: Set<String> = []
    private var next: [String: Int] = [:]

    package init() {}

    /// Takes a name in a folder, without its extension: itself, or with the first number behind it
    /// that is free.
    package mutating func take(_ name: String, in folder: String) -> String {
        let key = Self.key(name, folder)
        if taken.insert(key).inserted { return name }
        var number = next[key] ?? 2
        while true {
            let candidate = "\(name)-\(number)"
            number += 1
            guard taken.insert(Self.key(candidate, folder)).inserted else { continue }
            next[key] = number
            return candidate
        }
    }

    /// Equal for names that are the same. Text in a set is compared by canonical equivalence.
    package static func key(_ name: String, _ folder: String) -> String { "\(folder)/\(name)".lowercased() }
}
