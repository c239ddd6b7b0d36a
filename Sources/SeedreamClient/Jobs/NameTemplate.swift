import Platform
import SeedreamModel

/// A template for the names of prepared images and results: text with `{stem}`, `{index}` and other
/// placeholders.
package struct NameTemplate: Hashable, Sendable {
    /// The values of the placeholders for one image.
    package struct Values: Hashable, Sendable {
        /// The index of the image among several, from 0; shown from 1.
        package var index: Int
        /// The number of images. Indices are padded to the width of the largest.
        package var count: Int
        /// The position of the image as a prompt counts it in "image 1".
        package var position: Int
        /// The number of positions.
        package var positions: Int
        /// The row of the run, from 1. It is not padded, so that further rows do not rename earlier
        /// ones.
        package var row: Int
        /// The row's ID in a manifest. Default: `nil`, for the row's number.
        package var id: String?
        /// The provider's seed. Default: `nil`, shown as `random`.
        package var seed: Int?
        /// The provider's request ID, or the job's ID without one.
        package var request: String
        /// The first input as the user named it: a path, a URL, or `-`. Without inputs the stem is
        /// `image`.
        package var source: String?
        /// The minimum number of digits of an index and a position.
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

        /// The placeholders for results. The position is that of the first image, which also gives
        /// the stem.
        package static let ofResults: [Placeholder] = Placeholder.allCases
        /// The placeholders for prepared images.
        package static let ofPreparation: [Placeholder] = [.stem, .index, .position, .row]
        /// The placeholders for prepared images of rows that have ids.
        package static let ofRows: [Placeholder] = [.stem, .row, .id]

        /// The name of `{stem}` in 0.1.0, accepted for one release.
        static let oldStem = "source"
    }

    private enum Part: Hashable {
        case text(String)
        case placeholder(Placeholder)
    }

    /// The longest name in bytes, so that `-100`, `.webp` and `.json` fit within the 255 bytes of a
    /// file name.
    package static let maximumLength = 200
    /// The longest request ID and the longest text of a template, in bytes.
    private static let maximumPartLength = 64
    /// The longest row ID in a name, in bytes. Even with everything else at its longest, some bytes
    /// remain for the stem.
    private static let maximumIDLength = 28

    private let parts: [Part]
    /// Whether the template contains `{source}`, the name of `{stem}` in 0.1.0.
    package let usesOldWord: Bool

    /// Parses a template.
    ///
    /// - Parameter knownWords: The allowed placeholders.
    /// - Throws: ``RequestError`` for an unknown or repeated placeholder, an unbalanced brace, a
    ///   slash, a leading dot, unprintable characters, an empty template, or more than 64 bytes of
    ///   text.
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
                throw refused("expected { and } in pairs", "use the placeholders \(known)")
            }
            let name = rest[rest.index(after: brace)..<end]
            let isOld = name == Placeholder.oldStem
            usesOldWord = usesOldWord || isOld
            guard let placeholder = isOld ? .stem : Placeholder(rawValue: String(name)),
                knownWords.contains(placeholder)
            else {
                throw refused(
                    "expected one of \(known), found {\(SafeName.of(name, maximumLength: 40))}",
                    "remove it, or correct it")
            }
            guard !parts.contains(.placeholder(placeholder)) else {
                throw refused("expected {\(name)} once, found it twice", "remove one")
            }
            parts.append(.placeholder(placeholder))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        let text = parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        guard !text.contains("/"), !text.contains("\\") else {
            throw refused(
                "expected a name, found a path",
                "set the folder with \(.destination); a name cannot contain subfolders")
        }
        guard SafeName.printable(text) == text, !template.hasPrefix("."), template.last?.isWhitespace != true
        else {
            throw refused(
                "expected letters, digits, spaces and -_., and no leading dot",
                "remove the other characters")
        }
        guard !parts.isEmpty, text.utf8.count <= Self.maximumPartLength else {
            throw refused(
                "expected 1 to \(Self.maximumPartLength) bytes of text, found \(text.utf8.count)",
                "use for example `{stem}-{index}`")
        }
        self.parts = parts
        self.usesOldWord = usesOldWord
    }

    /// Whether a placeholder's value is known only after the provider has answered.
    var needsResult: Bool {
        parts.contains(.placeholder(.seed)) || parts.contains(.placeholder(.request))
    }

    /// Whether the template alone gives each row of a run a different name.
    var tellsRowsApart: Bool { parts.contains(.placeholder(.row)) || parts.contains(.placeholder(.id)) }

    /// Returns the name of an image without its extension: not a path, not hidden, never empty.
    ///
    /// - Parameter tellsApart: Whether each of several images gets a different name: `-{index}` is
    ///   appended if the template has no `{index}`.
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

    /// Returns the last component of a path or URL, without its extension.
    static func stem(_ source: String?) -> String {
        guard let source, !source.lowercased().hasPrefix("data:") else { return "image" }
        if source == "-" { return "stdin" }
        let isURL = source.contains("://")
        let path = isURL ? source.prefix { $0 != "?" && $0 != "#" } : source[...]
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}

/// Makes file names from texts of unknown origin.
enum SafeName {
    /// Returns the text without characters that are not allowed in a name, shortened to a length in
    /// bytes without splitting a character; `image` if nothing is left.
    static func of(_ text: some StringProtocol, maximumLength: Int) -> String {
        var name = printable(text)
        while let first = name.first, first == "." || first == " " { name.removeFirst() }
        while name.utf8.count > maximumLength { name.removeLast() }
        // Windows and its shares drop trailing dots and spaces, which would make two names equal.
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return name.isEmpty ? "image" : name
    }

    /// Returns only the letters of any script with their accents, the digits, the spaces and `-_.`
    /// of a text.
    static func printable(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter(isAllowed)))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "_", ".", " ": true
        // Encodes a byte of a file name that is not valid UTF-8; it is kept.
        case _ where PathText.byte(scalar) != nil: true
        default:
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
                // Hangul fillers are letters that print nothing.
                !scalar.properties.isDefaultIgnorableCodePoint
            default: false
            }
        }
    }
}
