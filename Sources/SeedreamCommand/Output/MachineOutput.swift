import Synchronization

/// The promise of `--json` and `--ndjson`: a command that fails says why on stdout too, as JSON.
///
/// The command line is searched for the two words before it is parsed, since it may be wrong.
/// ``Diagnostics`` records the first error of the command here, and the end of the process prints
/// it, unless a document about it is on stdout already.
enum MachineOutput {
    /// The form of the data on stdout.
    enum Form {
        /// Text for people.
        case text
        /// One JSON document, `--json`.
        case document
        /// JSON lines, `--ndjson`.
        case lines
    }

    private struct State {
        var form = Form.text
        var hasOutput = false
        var error: ErrorDocument?
    }

    private static let state = Mutex(State())

    /// Determines the form from the words of the command line in front of the terminator `--`.
    static func begin(_ words: [String]) {
        let options = words.prefix { $0 != "--" }
        let form: Form =
            options.contains("--ndjson") || options.first == "worker"
            ? .lines : options.contains("--json") ? .document : .text
        state.withLock { $0.form = form }
    }

    /// Notes that stdout has been written to.
    static func noteOutput() { state.withLock { $0.hasOutput = true } }

    /// Notes that the last line of a stream, which has the error, is on stdout.
    static func endStream() { state.withLock { $0.form = .text } }

    /// Whether the data on stdout are JSON.
    static var isExpected: Bool { state.withLock { $0.form != .text } }

    /// Whether stdout has been written to.
    static var hasOutput: Bool { state.withLock(\.hasOutput) }

    /// Records the error that the command ends with. The first one counts.
    static func record(_ error: ErrorDocument) {
        state.withLock { state in state.error = state.error ?? error }
    }

    /// Prints the error of a command that failed, if JSON is expected and does not say it yet.
    ///
    /// A document is about the whole command, so that none follows another. In a stream, a line
    /// about the command follows those about rows if the command has an error of its own.
    ///
    /// - Parameters:
    ///   - status: The exit code.
    ///   - message: The message if none was recorded; `nil` for the meaning of the exit code.
    static func finish(_ status: Int32, message: String? = nil, hint: String? = nil) {
        let state = state.withLock(\.self)
        guard status != ExitStatus.done.rawValue else { return }
        switch state.form {
        case .text: return
        case .document: if state.hasOutput { return }
        case .lines:
            let isInterrupted = [ExitStatus.interrupted, .terminated].contains { $0.rawValue == status }
            let isStopped = state.error != nil || isInterrupted
            if state.hasOutput, !isStopped { return }
        }
        let known = ExitStatus(rawValue: status) ?? .someFailed
        var error =
            state.error
            ?? ErrorDocument(
                category: LocalErrorCategory(known).rawValue, message: message ?? known.meaning, hint: hint)
        if error.category.isEmpty { error.category = LocalErrorCategory(known).rawValue }
        error.exitCode = status
        let report = ErrorReport(error: error)
        let text = try? state.form == .lines ? JSON.line(report) : JSON.document(report)
        // There is no place left to report that stdout cannot be written.
        if let text { try? Terminal.print(text) }
    }
}
