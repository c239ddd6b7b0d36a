import AtomicFiles
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Columns of text, as wide as their widest cell, two blanks apart.
///
/// On a terminal of 60 columns or more no row wraps: columns that may be shortened are, the widest
/// first, down to what each needs at least; if that is not enough, columns are left out, those of
/// the lowest ``Column/rank`` first.
struct Table {
    /// What is known about a column.
    struct Column: ExpressibleByStringLiteral {
        var title: String
        var isRightAligned = false
        /// To how many columns of the terminal its cells may be shortened; `nil` if they may not
        /// be.
        var least: Int?
        /// Whether the end of what is shortened stays, as that of a path, and the middle goes.
        var keepsEnd = true
        /// Which is left out first: the lowest; `nil` if it never is.
        var rank: Int?

        init(stringLiteral title: String) { self.title = title }

        init(_ title: String, least: Int? = nil, keepsEnd: Bool = true, rank: Int? = nil) {
            (self.title, self.least, self.keepsEnd, self.rank) = (title, least, keepsEnd, rank)
        }

        /// Of numbers.
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

    /// Adds a row, with a cell for each column.
    mutating func add(_ row: [String]) { rows.append(row.map(\.visible)) }

    /// The lines; the first is the header.
    ///
    /// - Parameter width: The columns to keep to; `nil` where nothing is shortened. Default: those
    ///   of the terminal.
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
            // No blanks at the end.
            return TerminalText(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }

    /// Which columns are shown, and how wide.
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
    /// At most `width` columns of a terminal: what is left out, in the middle or at the end, shows
    /// as `…`.
    func shortened(to width: Int, keepsEnd: Bool = true) -> String {
        guard displayWidth > width else { return self }
        guard width > 0 else { return "" }
        let begin = keepsEnd && width > 4 ? (width - 1) / 2 : width - 1
        let end = width - 1 - begin
        return "\(Self.taken(self, begin))…\(String(Self.taken(reversed(), end).reversed()))"
    }

    /// The first signs that fit into `width` columns.
    private static func taken(_ signs: some Sequence<Character>, _ width: Int) -> String {
        var (text, left) = ("", width)
        for sign in signs {
            left -= String(sign).displayWidth
            guard left >= 0 else { break }
            text.append(sign)
        }
        return text
    }
}
