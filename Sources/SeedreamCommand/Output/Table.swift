import SeedreamModel

/// Columns of text, as wide as their widest cell, two blanks apart.
struct Table {
    private var rows: [[String]] = []
    private let rightAligned: Set<Int>

    init(header: [String], rightAligned: Set<Int> = []) {
        rows = [header]
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String]) { rows.append(row.map(\.visible)) }

    /// The lines; the first is the header.
    func lines() -> [TerminalText] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
                if column > 0 { line += "  " }
                if rightAligned.contains(column) {
                    line += padding + cell
                } else {
                    line += column == row.count - 1 ? cell : cell + padding
                }
            }
            return TerminalText(line)
        }
    }
}

extension String {
    /// Columns of a terminal: two for East Asian wide characters and emoji, one for others.
    var displayWidth: Int {
        reduce(0) { width, character in
            let value = character.unicodeScalars.first?.value ?? 0
            let isWide =
                0x1100...0x115F ~= value || 0x2E80...0xA4CF ~= value || 0xAC00...0xD7A3 ~= value
                || 0xF900...0xFAFF ~= value || 0xFE30...0xFE6F ~= value || 0xFF00...0xFF60 ~= value
                || 0x1F300...0x1FAFF ~= value || 0x20000...0x3FFFD ~= value
            return width + (isWide ? 2 : 1)
        }
    }

    /// At most `width` columns, the middle left out.
    func shortened(to width: Int) -> String {
        guard displayWidth > width, width > 4 else { return self }
        let half = (width - 1) / 2
        return "\(prefix(half))…\(suffix(width - 1 - half))"
    }
}
