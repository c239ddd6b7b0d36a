/// How files are named: text with `{index}`, `{seed}`, `{request}` and `{source}` in it.
package struct NameTemplate: Hashable, Sendable {
    /// What is filled in for one picture.
    package struct Values: Hashable, Sendable {
        /// Which picture of the result, from 0; shown from 1 on.
        package var index: Int
        /// How many there are: numbers are as wide as the largest one.
        package var count: Int
        /// The host's seed; `random` where it says none.
        package var seed: Int?
        /// The host's id of the request, or the job's.
        package var request: String
        /// What the user called the first input: a path, a URL, `-`. Without inputs, the name is `image`.
        package var source: String?

        package init(index: Int, count: Int, seed: Int? = nil, request: String, source: String? = nil) {
            self.index = index
            self.count = count
            self.seed = seed
            self.request = request
            self.source = source
        }
    }

    private enum Placeholder: String, CaseIterable {
        case index
        case seed
        case request
        case source
    }

    private enum Part: Hashable {
        case text(String)
        case placeholder(Placeholder)
    }

    /// The longest name in bytes, so that `-100`, `.webp` and `.json` find room within the 255 of a file name.
    package static let maximumLength = 200
    /// The longest id of a request and the longest text of a template, in bytes: with the longest seed and number, 48 stay for the source.
    private static let maximumPartLength = 64

    private let parts: [Part]

    /// Reads a template.
    ///
    /// - Throws: ``RequestError`` for an unknown placeholder, a brace without its other one, a slash, a dot in front, characters that do
    ///   not print, a
    ///   placeholder twice, no text at all, or more than 64 bytes of text.
    package init(_ template: String) throws(RequestError) {
        func refused(_ message: String, _ hint: String) -> RequestError {
            RequestError(field: "name", message: message, hint: hint)
        }
        let known = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        var parts: [Part] = []
        var rest = Substring(template)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw refused("expected { and } in pairs", "it knows \(known)")
            }
            let name = rest[rest.index(after: brace)..<end]
            guard let placeholder = Placeholder(rawValue: String(name)) else {
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
                "expected a name, found a path", "name the folder with `-o`; a name makes no subfolders")
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
                "`{source}-{index}` is usual")
        }
        self.parts = parts
    }

    /// The name of a picture, without its extension: no path, nothing hidden, never empty.
    ///
    /// Of several pictures, each gets another name: without `{index}` in the template, `-{index}` follows it.
    package func name(_ values: Values) -> String {
        var parts = parts
        if values.count > 1, !parts.contains(.placeholder(.index)) {
            parts += [.text("-"), .placeholder(.index)]
        }
        let others = parts.map { $0 == .placeholder(.source) ? "" : Self.text($0, values) }
        let length = Self.maximumLength - others.reduce(0) { $0 + $1.utf8.count }
        let filled = zip(parts, others).map { part, text in
            part == .placeholder(.source)
                ? SafeName.of(Self.stem(values.source), maximumLength: length) : text
        }
        return SafeName.of(filled.joined(), maximumLength: Self.maximumLength)
    }

    private static func text(_ part: Part, _ values: Values) -> String {
        switch part {
        case .text(let text): text
        case .placeholder(.index): number(values)
        case .placeholder(.seed): values.seed.map { "\($0)" } ?? "random"
        case .placeholder(.request): SafeName.of(values.request, maximumLength: maximumPartLength)
        case .placeholder(.source): ""
        }
    }

    private static func number(_ values: Values) -> String {
        let text = "\(values.index + 1)"
        return String(repeating: "0", count: max(0, "\(values.count)".count - text.count)) + text
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
