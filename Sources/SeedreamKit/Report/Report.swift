import ImagePreparation
import Platform
public import SeedreamClient
import SeedreamModel

/// One HTML page that shows the images of many rows before and after. It is a single file without
/// scripts, and loads nothing else.
///
/// ```swift
/// var report = Report(title: "Dogs in hats")
/// report.rows = jobs.map { ReportRow($0) }
/// try await report.write(to: "report.html")
/// ```
public struct Report: Sendable {
    /// The maximum number of rows shown in addition to the failed and unknown ones: 1 000.
    public static let maximumRows = 1000
    /// The page length in bytes from which images are named without a thumbnail: 56 000 000, so
    /// that the page stays below 60 MB.
    public static let maximumThumbnailBytes = 56_000_000

    /// The title of the page.
    public var title: String
    /// The rows, in the order of the run.
    public var rows: [ReportRow] = []
    /// The creation time, in seconds since 1970. Default: now.
    public var created = Double(time(nil))

    /// Makes a report without rows.
    public init(title: String) { self.title = title }

    /// The result of ``write(to:replacing:)``.
    public struct Written: Hashable, Sendable {
        /// The number of rows on the page.
        public var rows: Int
        /// The number of rows that are counted but not shown.
        public var leftOut: Int
        /// The length of the page in bytes.
        public var byteCount: Int
    }

    /// Checks that a report can be written, before any work is done.
    ///
    /// - Parameters:
    ///   - path: The file to write.
    ///   - replacing: Whether an existing file may be replaced. Default: `false`.
    /// - Throws: `SaveError` if the file exists, or its folder does not exist or is not writable.
    public static func check(_ path: String, replacing: Bool = false) throws(SaveError) {
        do throws(FileError) {
            if Folder.exists(path) { throw FileError(.write, path, errno: EISDIR) }
            if !replacing, Folder.isTaken(path) { throw FileError(.write, path, errno: EEXIST) }
            try Folder.checkWritable(Folder.containing(path))
        } catch {
            throw SaveError(error)
        }
    }

    /// Writes the page. The file appears complete or not at all, and is readable by its owner only.
    ///
    /// Images are read while the page is written, several at once, within the memory limit of
    /// preparation. An image that cannot be read is replaced by a line with the reason.
    ///
    /// - Parameters:
    ///   - path: The file, whose folder must exist. Links to images are relative to it.
    ///   - replacing: Whether an existing file is replaced. Default: `false`.
    /// - Throws: `SaveError`; `CancellationError`.
    @concurrent @discardableResult
    public func write(to path: String, replacing: Bool = false) async throws -> Written {
        try Self.check(path, replacing: replacing)
        let selection = ReportSelection(rows)
        let page = ReportPage(
            report: self, selection: selection, link: ReportLink(from: Folder.containing(path)))
        do {
            let file = try AtomicFile(in: Folder.containing(path), subject: path, mode: 0o600)
            var writer = PageWriter(file: file)
            try writer.write(page.head)
            try await writeRows(of: page, to: &writer)
            try writer.write(page.foot)
            try file.publish(as: path, overwriting: replacing)
            return Written(
                rows: selection.rows.count, leftOut: selection.leftOut, byteCount: writer.byteCount)
        } catch let error as FileError {
            throw SaveError(error)
        }
    }

    /// Writes each row as soon as its thumbnails are made.
    private func writeRows(of page: ReportPage, to writer: inout PageWriter) async throws {
        let shown = page.selection.rows
        let inputs = shown.map { number in rows[number].images.compactMap(\.input) }
        var (next, made) = (0, [Thumbnail.Outcome]())
        func writeReadyRows() throws {
            while next < shown.count, made.count == inputs[next].count {
                try page.write(row: shown[next], made, to: &writer)
                made = []
                next += 1
            }
        }
        try writeReadyRows()
        try await Thumbnail.make(of: inputs.flatMap(\.self)) { outcome in
            made.append(outcome)
            try writeReadyRows()
        }
    }
}

/// The rows to show, in order.
struct ReportSelection {
    /// The rows under one heading, by number from 0.
    struct Section {
        /// The state of the rows. `nil`: all states but failed and unknown.
        var state: ReportRow.State?
        var rows: [Int]
    }

    /// Failed and unknown rows come first, since they need attention.
    let sections: [Section]
    /// The number of rows that are not shown.
    let leftOut: Int
    /// All rows that are shown.
    var rows: [Int] { sections.flatMap(\.rows) }

    init(_ rows: [ReportRow]) {
        let urgent: [ReportRow.State] = [.failed, .unknown]
        let others = rows.indices.filter { !urgent.contains(rows[$0].state) }
        leftOut = max(0, others.count - Report.maximumRows)
        sections =
            urgent.map { state in
                Section(state: state, rows: rows.indices.filter { rows[$0].state == state })
            } + [Section(state: nil, rows: Array(others.prefix(Report.maximumRows)))]
    }
}

/// Writes a page and counts its bytes.
struct PageWriter {
    let file: AtomicFile
    private(set) var byteCount = 0

    init(file: AtomicFile) { self.file = file }

    mutating func write(_ markup: Markup) throws(FileError) {
        let text = Array(markup.text.utf8)
        byteCount += text.count
        try file.write(text)
    }

    mutating func write(_ uri: DataURI) throws(FileError) {
        byteCount += uri.length
        try uri.write { (chunk: UnsafeRawBufferPointer) throws(FileError) in try file.write(chunk) }
    }

    /// Returns whether a thumbnail still fits in the page.
    func hasRoom(for uri: DataURI) -> Bool { byteCount + uri.length <= Report.maximumThumbnailBytes }
}

extension ReportRow {
    /// The images in the order of the page.
    var images: [ReportImage] { before + after }
}

extension ReportImage {
    /// The input to read for the thumbnail; `nil` if none is read.
    var input: ImageInput? {
        if case .input(let input) = content { input } else { nil }
    }
}
