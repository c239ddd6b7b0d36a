import AtomicFiles
import ImagePreparation
public import SeedreamClient
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One page of HTML with the images of many rows before and after: a single file, which needs no
/// script and fetches nothing.
///
/// ```swift
/// var report = Report(title: "Dogs in hats")
/// report.rows = jobs.map { ReportRow($0) }
/// try await report.write(to: "report.html")
/// ```
public struct Report: Sendable {
    /// Rows that are shown beside those that failed or are unknown: 1 000.
    public static let maximumRows = 1000
    /// Bytes of the page beyond which images are named and no thumbnail is shown: 56 000 000, so
    /// that a page stays under 60 MB.
    public static let maximumThumbnailBytes = 56_000_000

    /// What the page is called.
    public var title: String
    /// The rows, in the order of the run.
    public var rows: [ReportRow] = []
    /// When the report was made, in seconds since 1970. Default: now.
    public var created = Double(time(nil))

    /// Makes a report without rows.
    public init(title: String) { self.title = title }

    /// What ``write(to:replacing:)`` wrote.
    public struct Written: Hashable, Sendable {
        /// Rows of the page.
        public var rows: Int
        /// Rows that the page counts and does not show.
        public var leftOut: Int
        /// Length of the page, in bytes.
        public var byteCount: Int
    }

    /// Checks that a report can be written, before anything is done for it.
    ///
    /// - Parameter replacing: Whether a file of that name may be replaced.
    /// - Throws: `SaveError` if there is a file already, or no folder that can be written to.
    public static func check(_ path: String, replacing: Bool = false) throws(SaveError) {
        do throws(FileError) {
            if Folder.exists(path) { throw FileError(.write, path, errno: EISDIR) }
            if !replacing, Folder.isTaken(path) { throw FileError(.write, path, errno: EEXIST) }
            try Folder.checkWritable(Folder.containing(path))
        } catch {
            throw SaveError(error)
        }
    }

    /// Writes the page. It appears under its name complete, or not at all, and only its owner may
    /// read it.
    ///
    /// Images are read as the page is written, several at once, within the memory that preparation
    /// may take. An image that cannot be read is shown as a line that says why.
    ///
    /// - Parameters:
    ///   - path: The file; its folder must be there. Images are linked by their paths from it.
    ///   - replacing: Whether a file of that name is replaced. Default: `false`.
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

    /// Each row is written as soon as the last of its thumbnails is made.
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

/// Which rows are shown, and in which order.
struct ReportSelection {
    /// Rows under one heading, by their number from 0.
    struct Section {
        /// `nil`: all those that are neither failed nor unknown.
        var state: ReportRow.State?
        var rows: [Int]
    }

    /// Those that need a person come first.
    let sections: [Section]
    /// How many rows are not shown.
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

/// A page under way, and how long it is.
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

    /// Whether a thumbnail still has room in the page.
    func hasRoom(for uri: DataURI) -> Bool { byteCount + uri.length <= Report.maximumThumbnailBytes }
}

extension ReportRow {
    /// In the order of the page.
    var images: [ReportImage] { before + after }
}

extension ReportImage {
    /// What has to be read for the thumbnail.
    var input: ImageInput? {
        if case .input(let input) = content { input } else { nil }
    }
}
