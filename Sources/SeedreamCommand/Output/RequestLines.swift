#if Emulator
import SeedreamEmulator

/// A line for each request that has been answered, on a terminal.
struct RequestLines {
    private var printed: Set<Int> = []
    private let style = Style(descriptor: 2)

    /// Prints what has been answered since the last call.
    mutating func print(_ requests: [RecordedRequest]) {
        for request in requests where !printed.contains(request.number) {
            guard let seconds = request.seconds else { continue }
            printed.insert(request.number)
            let name = request.operation ?? "\(request.method) \(request.target)"
            let status = request.status.map { "\($0)" } ?? "cut"
            let isGood = (200...299).contains(request.status ?? 0)
            let faults = request.faults.isEmpty ? "" : "  \(request.faults.joined(separator: ", "))"
            let shown: TerminalText = isGood ? "\(status)" : style.red("\(status)")
            let line: TerminalText =
                "\(request.number)  \(name)  \(shown)  \(Int(seconds * 1000)) ms\(faults)"
            Terminal.note(line)
        }
        // What the log has forgotten need not be remembered here.
        if let oldest = requests.first?.number { printed = printed.filter { $0 >= oldest } }
    }
}
#endif
