#if Client
import Logging

/// The client's log on stderr, a line an event.
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
