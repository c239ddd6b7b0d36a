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

    /// The notices of an image, and how the numbers of a prompt have moved.
    func notices(of images: [ImageRecord], dropped: [DroppedInput]) {
        for image in images {
            for notice in image.notices { note("\(image.source.name): \(notice.message)") }
        }
        guard let first = images.first, !dropped.isEmpty else { return }
        let names = dropped.map(\.name)
        let shown =
            names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
        note(
            "dropped \(shown): one request takes the last \(images.count) of \(images.count + dropped.count)")
        note(
            "\"image \(first.position)\" in a prompt now means \(first.source.name), input \(first.index + 1)"
        )
    }
}
