import Platform
import SeedreamModel

/// A table of text columns, each as wide as its widest cell, with 2 spaces between columns.
///
/// On a terminal of 60 columns or more no row wraps. Columns that may be shortened are shortened
/// first, the widest first and each down to its minimum; if that is not enough, columns are left
/// out, those with the lowest ``Column/rank`` first.
struct Table {
    /// The properties of a column.
    struct Column: ExpressibleByStringLiteral {
        var title: String
        var isRightAligned = false
        /// The width to which its cells may be shortened, in terminal columns; `nil` if they may
        /// not be shortened.
        var least: Int?
        /// Whether a shortened cell keeps its end, as a path should, and loses its middle.
        var keepsEnd = true
        /// The order in which columns are left out, the lowest first; `nil` if never.
        var rank: Int?

        init(stringLiteral title: String) { self.title = title }

        init(_ title: String, least: Int? = nil, keepsEnd: Bool = true, rank: Int? = nil) {
            (self.title, self.least, self.keepsEnd, self.rank) = (title, least, keepsEnd, rank)
        }

        /// Returns a right-aligned column.
        static func number(_ title: String, rank: Int? = nil) -> Column {
            var column = Column(title, rank: rank)
            column.isRightAligned = true
            return column
        }
    }

    private let columns: [Column]
    private var rows: [[String]]

    init(_ columns: [Column]) {
        self.columns = columns
        rows = [columns.map(\.title)]
    }

    /// Adds a row with one cell for each column.
    mutating func add(_ row: [String]) { rows.append(row.map(\.visible)) }

    /// Returns the lines; the first is the header.
    ///
    /// - Parameter width: The width to fit into, in terminal columns; `nil` to shorten nothing.
    ///   Default: the width of the terminal.
    func lines(width: Int? = TerminalWidth.columns(of: STDOUT_FILENO)) -> [TerminalText] {
        let natural = columns.indices.map { column in
            rows.map { $0.count > column ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        let (shown, widths) = width.map { fit(natural, in: $0) } ?? (Array(columns.indices), natural)
        return rows.map { row in
            var line = ""
            for column in shown where column < row.count {
                let cell = row[column].shortened(to: widths[column], keepsEnd: columns[column].keepsEnd)
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.displayWidth))
                if column != shown.first { line += "  " }
                line += columns[column].isRightAligned ? padding + cell : cell + padding
            }
            // Trim trailing spaces.
            return TerminalText(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }

    /// Returns the columns to show and their widths.
    private func fit(_ natural: [Int], in width: Int) -> (shown: [Int], widths: [Int]) {
        var shown = Array(columns.indices)
        while true {
            var widths = natural
            var excess = shown.reduce(-2) { $0 + natural[$1] + 2 } - width
            while excess > 0,
                let widest = shown.filter({ widths[$0] > columns[$0].least ?? .max })
                    .max(by: { widths[$0] < widths[$1] })
            {
                widths[widest] -= 1
                excess -= 1
            }
            let ranked = shown.filter { columns[$0].rank != nil }
            guard excess > 0, let first = ranked.min(by: { columns[$0].rank ?? 0 < columns[$1].rank ?? 0 })
            else { return (shown, widths) }
            shown.removeAll { $0 == first }
        }
    }
}

extension String {
    /// Returns the text in at most `width` terminal columns. The part left out, in the middle or at
    /// the end, becomes `…`.
    func shortened(to width: Int, keepsEnd: Bool = true) -> String {
        guard displayWidth > width else { return self }
        guard width > 0 else { return "" }
        let begin = keepsEnd && width > 4 ? (width - 1) / 2 : width - 1
        let end = width - 1 - begin
        return "\(Self.prefix(self, begin))…\(String(Self.prefix(reversed(), end).reversed()))"
    }

    /// Returns the first characters that fit into `width` columns.
    private static func prefix(_ characters: some Sequence<Character>, _ width: Int) -> String {
        var (text, left) = ("", width)
        for character in characters {
            left -= String(character).displayWidth
            guard left >= 0 else { break }
            text.append(character)
        }
        return text
    }
}
