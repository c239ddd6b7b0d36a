/// The records of a CSV file as RFC 4180 describes it, one at a time.
///
/// A line ends with LF or CRLF, or, where the first line does, with CR; elsewhere a CR alone is
/// part of its cell, as programs that end lines with LF write it. A cell within quotes holds commas
/// and line breaks, and each of its quotes twice. A quote anywhere else is refused, not guessed at;
/// then reading goes on with the next line.
struct CSVRecords: ~Copyable {
    /// What is wrong with a record.
    enum Fault: Hashable {
        /// It has a quote within a cell that does not begin with one.
        case quoteWithinCell
        /// Something else than a comma or the end follows the closing quote of a cell.
        case textBehindQuote
        /// The closing quote of a cell is missing; the line that its opening quote stands on.
        case unclosedQuote(line: Int)
        /// It is longer than the maximum.
        case tooLong
    }

    /// One record.
    struct Record {
        /// Its cells, as the bytes between commas, or between quotes.
        var cells: [[UInt8]]
        /// The line that it begins on, from 1.
        var line: Int
        /// The line that it ends on.
        var lastLine: Int
        /// Why the cells are not to be used.
        var fault: Fault?

        /// Whether it holds nothing at all: an empty line, or what spreadsheets leave behind.
        var isEmpty: Bool { fault == nil && cells.allSatisfy(\.isEmpty) }
    }

    private enum State {
        case startOfCell, plain, quoted, behindQuote
        /// Until the next line break, whatever it stands in.
        case passingOver
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private let maximum: Int
    private var line = 1
    /// Whether lines end with CR alone; `nil` before the first has ended.
    private var endsWithReturn: Bool?

    /// - Parameter maximum: The most bytes of a record.
    init(maximum: Int) { self.maximum = maximum }

    /// The next record; `nil` at the end.
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
                    // What is too long anyway keeps that name.
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
                    // Of CRLF, the LF is counted.
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
                    // A CR that ends no line.
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
