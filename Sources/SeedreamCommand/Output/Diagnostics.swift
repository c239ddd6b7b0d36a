import ArgumentParser
import ImagePreparation
import SeedreamModel

#if Client
import Logging
#endif

/// Errors, hints and notes on stderr.
struct Diagnostics {
    private let style = Style(descriptor: 2)

    /// Prints the error of an input, which does not end the command.
    func failure(_ record: FailureRecord) {
        rowFailure("\(record.name): \(record.error.message)", hint: record.error.hint)
    }

    /// Prints the error of an input or of a row, which does not end the command.
    func rowFailure(_ message: String, hint: String?) {
        Terminal.note("\(style.red("error:")) \(message)")
        if let hint { Terminal.note("  hint: \(hint)") }
    }

    /// Prints the error that the command ends with, and records it for ``MachineOutput``.
    ///
    /// - Parameters:
    ///   - category: The class of the error; `nil` if the exit code says enough.
    ///   - code: The code of an input's error.
    func failure(
        _ message: String, hint: String?, category: LocalErrorCategory? = nil, code: String? = nil
    ) {
        rowFailure(message, hint: hint)
        MachineOutput.record(
            ErrorDocument(
                category: category?.rawValue ?? "", code: code, message: message, hint: hint))
    }

    func note(_ message: String) { Terminal.note("\(style.yellow("note:")) \(message)") }

    /// Prints the notices of one image.
    func notices(of image: ImageRecord) {
        for notice in image.notices { note("\(image.source.name): \(notice.message)") }
    }

    /// Prints the notices of all images, and how dropped inputs shift the image numbers of a
    /// prompt.
    func notices(of report: PreparationReport) {
        for image in report.images { notices(of: image) }
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

/// Errors about a trait that is not part of this build.
enum MissingTrait {
    /// Reports that the provider client is missing, and returns the exit code.
    static func client() -> ExitCode {
        Diagnostics().failure(
            "this seedream was built without the provider client",
            hint: "build it with: swift build -c release --product seedream")
        return ExitStatus.configuration.code
    }

    /// Reports that the emulator is missing, and returns the exit code.
    static func emulator() -> ExitCode {
        Diagnostics().failure(
            "this seedream was built without the emulator",
            hint: "build it with: swift build -c release --product seedream --traits default,Emulator")
        return ExitStatus.configuration.code
    }
}

#if Client
/// The client's log on stderr, one line per event.
struct TerminalLog: LogHandler {
    let label: String
    var logLevel = Logger.Level.debug
    var metadata = Logger.Metadata()

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }
        let line = ["\(label):", "\(event.message)"] + facts
        Terminal.note("\(line.joined(separator: " "))")
    }
}
#endif
