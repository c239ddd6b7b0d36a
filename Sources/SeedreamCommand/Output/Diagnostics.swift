import ArgumentParser
import ImagePreparation
import SeedreamModel

/// Everything that is said to people: errors, hints, notes, on stderr.
struct Diagnostics {
    private let style = Style(descriptor: 2)

    func failure(_ record: FailureRecord) {
        failure("\(record.name): \(record.error.message)", hint: record.error.hint)
    }

    func failure(_ message: String, hint: String?) {
        Terminal.note("\(style.red("error:")) \(message)")
        if let hint { Terminal.note("  hint: \(hint)") }
    }

    func note(_ message: String) { Terminal.note("\(style.yellow("note:")) \(message)") }

    /// The notices of all images, and how the numbers of a prompt have moved.
    func notices(of report: PreparationReport) {
        for image in report.images {
            for notice in image.notices { note("\(image.source.name): \(notice.message)") }
        }
        let used =
            report.images.map { (index: $0.index, position: $0.position, name: $0.source.name) }
            + report.failed.map { (index: $0.index, position: $0.position, name: $0.name) }
        guard let first = used.min(by: { $0.index < $1.index }), !report.dropped.isEmpty else { return }
        let names = report.dropped.map(\.name)
        let shown =
            names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
        note("dropped \(shown): one request takes the last \(used.count) of \(used.count + names.count)")
        note("\"image \(first.position)\" in a prompt now means \(first.name), input \(first.index + 1)")
    }
}
