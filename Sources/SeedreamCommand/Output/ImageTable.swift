import ImagePreparation
import SeedreamModel

/// The table of prepared images, or of images as they would be prepared.
enum ImageTable {
    /// - Parameters:
    ///   - total: The number of inputs without dropped ones; larger than in the report if it was
    ///     interrupted.
    ///   - maximum: The most inputs in one request, if known.
    ///   - numbersInputs: Whether rows show the number of the input, because each image is a
    ///     separate request, instead of its position in the request.
    static func lines(
        of report: PreparationReport, total: Int, maximum: Int? = nil, numbersInputs: Bool
    ) -> [TerminalText] {
        let (images, failed) = (report.images, report.failed)
        let style = Style(descriptor: 1)
        var table = Table([
            .number("#"), Table.Column("input", least: 12), Table.Column("is", rank: 1), "sent as",
            Table.Column("because", least: 12, keepsEnd: false),
        ])
        var rows: [(index: Int, cells: [String])] = images.map { image in
            (image.index, cells(of: image, numbersInputs: numbersInputs))
        }
        rows += failed.map { failure in
            (
                failure.index,
                [
                    "\(numbersInputs ? failure.index + 1 : failure.position)",
                    failure.name, "", "not sent", failure.error.code.rawValue,
                ]
            )
        }
        for row in rows.sorted(by: { $0.index < $1.index }) { table.add(row.cells) }
        var lines = table.lines()
        lines[0] = style.bold(lines[0])
        let failedIndices = Set(failed.map(\.index))
        for (offset, row) in rows.sorted(by: { $0.index < $1.index }).enumerated()
        where failedIndices.contains(row.index) {
            lines[offset + 1] = style.red(lines[offset + 1])
        }
        lines.append("")
        lines.append(TerminalText(ending(of: report, total: total, maximum: maximum)))
        return lines
    }

    /// The last line: how many images are ready, skipped and dropped.
    private static func ending(of report: PreparationReport, total: Int, maximum: Int?) -> String {
        var parts: [String] = []
        let skipped = report.skipped?.count ?? 0
        if skipped == 0 || total > skipped {
            parts.append(summary(images: report.images, total: total - skipped))
        }
        if skipped > 0 {
            parts.append("\(skipped) skipped, as \(skipped == 1 ? "its file exists" : "their files exist")")
        }
        if !report.dropped.isEmpty {
            let room = maximum.map { "\($0)" } ?? "no more"
            parts.append(
                "\(report.dropped.count) dropped: one request takes \(room), `--each` sends one request for each input"
            )
        }
        return parts.joined(separator: "; ")
    }

    private static func cells(of image: ImageRecord, numbersInputs: Bool) -> [String] {
        let source = image.source
        let sent = image.prepared
        let bytes = sent.bytes.map { " \($0.formattedBytes)" } ?? ""
        let format = sent.mediaType.displayName
        var phrases: [String] = []
        for reason in image.reasons where !phrases.contains(reason.phrase) { phrases.append(reason.phrase) }
        if image.action == .turn, let rotated = phrases.firstIndex(of: Reason.rotated.phrase) {
            phrases[rotated] += " without loss"
        }
        if image.action == .passThrough { phrases.insert("pixels untouched", at: 0) }
        return [
            "\(numbersInputs ? image.index + 1 : image.position)", source.name,
            "\(source.width)x\(source.height) \(source.format) \(source.bytes.formattedBytes)",
            "\(sent.width)x\(sent.height) \(format)\(bytes)", phrases.joined(separator: ", "),
        ]
    }

    private static func summary(images: [ImageRecord], total: Int) -> String {
        let noun = total == 1 ? "image" : "images"
        let bytes = images.compactMap(\.prepared.bytes)
        guard bytes.count == images.count, !images.isEmpty else {
            return "\(images.count) of \(total) \(noun) can be sent"
        }
        let characters = images.compactMap(\.prepared.dataURILength).reduce(0, +)
        return "\(images.count) of \(total) \(noun) ready, \(bytes.reduce(0, +).formattedBytes), "
            + "\(characters.formattedBytes) as data URIs"
    }
}

extension MediaType {
    /// The name in tables, such as `jpeg`.
    var displayName: String { rawValue.split(separator: "/").last.map(String.init) ?? rawValue }
}
