import Logging

/// Records every line that is logged.
struct LogRecorder: LogHandler {
    let lines = Recorder<(level: Logger.Level, text: String)>()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.append((event.level, ([event.message.description] + fields).joined(separator: " ")))
    }

    /// A logger that writes to this recorder.
    var logger: Logger { Logger(label: "test") { _ in self } }
}
