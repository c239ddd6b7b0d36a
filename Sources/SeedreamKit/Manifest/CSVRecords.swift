/// Reads the records of a CSV file as described in RFC 4180, one at a time.
///
/// A line ends with LF or CRLF, or with CR if the first line does; otherwise a lone CR is part of
/// its cell, as programs that end lines with LF write it. A quoted cell may contain commas and line
/// breaks, and each of its quotes is doubled. A quote anywhere else is an error; reading continues
/// with the next line.
struct CSVRecords: ~Copyable {
    /// A syntax error in a record.
    enum Fault: Hashable {
        /// A quote inside a cell that does not begin with one.
        case quoteWithinCell
        /// Text other than a comma or the end of the record after a closing quote.
        case textBehindQuote
        /// A missing closing quote. The value is the line of the opening quote.
        case unclosedQuote(line: Int)
        /// The record is longer than the maximum.
        case tooLong
    }

    /// A record.
    struct Record {
        /// The bytes of its cells, without the enclosing quotes.
        var cells: [[UInt8]]
        /// The line that it starts on, from 1.
        var line: Int
        /// The line that it ends on.
        var lastLine: Int
        /// The syntax error because of which the cells must not be used.
        var fault: Fault?

        /// Whether all cells are empty: an empty line, or one that a spreadsheet left behind.
        var isEmpty: Bool { fault == nil && cells.allSatisfy(\.isEmpty) }
    }

    private enum State {
        case startOfCell, plain, quoted, behindQuote
        /// Skips everything up to the next line break.
        case passingOver
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private let maximum: Int
    private var line = 1
    /// Whether lines end with CR alone; `nil` until the first line has ended.
    private var endsWithReturn: Bool?

    /// - Parameter maximum: The maximum length of a record in bytes.
    init(maximum: Int) { self.maximum = maximum }

    /// Returns the next record, or `nil` at the end.
    mutating func next(_ bytes: inout ManifestBytes) throws(ManifestError) -> Record? {
        guard try bytes.peek() != nil else { return nil }
        var record = Record(cells: [], line: line, lastLine: line)
        var cell: [UInt8] = []
        var (state, length, quoteLine) = (State.startOfCell, 0, line)
        while true {
            let isText = state == .plain || state == .quoted || state == .startOfCell
            let count = try bytes.takeText(into: &cell, isKept: isText && record.fault == nil)
            length += count
            if length > maximum, record.fault == nil {
                record.fault = .tooLong
                (record.cells, cell) = ([], [])
            }
            if count > 0 {
                if state == .startOfCell { state = .plain }
                if state == .behindQuote {
                    // A record that is already too long keeps that fault.
                    record.fault = record.fault ?? .textBehindQuote
                    state = .passingOver
                }
                continue
            }
            guard let byte = try bytes.peek() else { break }
            bytes.advance()
            if byte == Self.lineFeed || byte == Self.carriageReturn {
                let next = try bytes.peek()
                let isPair = byte == Self.carriageReturn && next == Self.lineFeed
                let isEnd = isPair || endsWithReturn == nil || endsWithReturn == (byte == Self.carriageReturn)
                if state == .quoted {
                    // Of CRLF, only the LF counts as a line end.
                    if isEnd && !isPair { line += 1 }
                } else if isEnd {
                    if isPair { bytes.advance() }
                    endsWithReturn = endsWithReturn ?? (byte == Self.carriageReturn && !isPair)
                    record.lastLine = line
                    line += 1
                    record.cells.append(cell)
                    return record
                }
            }
            length += 1
            switch state {
            case .startOfCell, .plain, .behindQuote:
                if byte == Self.comma {
                    if record.fault == nil { record.cells.append(cell) }
                    (state, cell) = (.startOfCell, [])
                } else if byte == Self.quote, state == .startOfCell {
                    (state, quoteLine) = (.quoted, line)
                } else if byte == Self.quote, state == .behindQuote {
                    state = .quoted
                    if record.fault == nil { cell.append(byte) }
                } else if byte == Self.quote || state == .behindQuote {
                    record.fault =
                        record.fault ?? (state == .plain ? .quoteWithinCell : .textBehindQuote)
                    state = .passingOver
                } else {
                    // A CR that does not end a line.
                    state = .plain
                    if record.fault == nil { cell.append(byte) }
                }
            case .quoted:
                if byte == Self.quote {
                    state = .behindQuote
                } else if record.fault == nil {
                    cell.append(byte)
                }
            case .passingOver: break
            }
        }
        record.lastLine = line
        record.cells.append(cell)
        if state == .quoted { record.fault = record.fault ?? .unclosedQuote(line: quoteLine) }
        return record
    }
}
