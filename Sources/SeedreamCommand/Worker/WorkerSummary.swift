import Platform
import SeedreamKit
import SeedreamModel

/// The last line of a worker, because some engines lose the exit code of a program in a pipe.
struct WorkerSummary: Encodable {
    var schema = 1
    var type = "summary"
    /// The number of rows that were answered.
    var rows: Int
    /// The number of rows by state; states without rows are absent.
    var states: [String: Int]
    /// The time since the start, in seconds.
    var seconds: Double
    /// The largest resident memory of the process, in bytes.
    var peakMemory: Int
    /// The exit code of the command.
    var exitCode: Int32
    /// The reason why not all lines were read; absent at the end of the input.
    var error: ErrorDocument?

    init(_ counts: [RowState: Int], seconds: Double, peakMemory: Int) {
        rows = counts.values.reduce(0, +)
        states = Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })
        self.seconds = (seconds * 1000).rounded() / 1000
        (self.peakMemory, exitCode) = (peakMemory, ExitStatus.done.rawValue)
    }

    /// Sets the reason of an early end.
    mutating func take(_ reason: WorkerStop.Reason) {
        let status: ExitStatus
        switch reason {
        case .signal(let number):
            status = Interruption.status(after: number)
            error = ErrorDocument(
                category: LocalErrorCategory.interrupted.rawValue,
                message: "stopped by a signal; further lines were not read",
                hint: "give the rows without an answer to another worker")
        case .output(let errno):
            status = .outputFailed
            error = ErrorDocument(
                category: LocalErrorCategory.output.rawValue, code: ErrorCode.outputFailed.rawValue,
                message: "standard output cannot be written: \(SystemCall.message(errno))",
                hint: "keep the pipe open until the summary")
        case .failed(let failure):
            let (verdict, document) = Self.verdict(failure)
            (status, error) = (verdict, document)
        }
        exitCode = status.rawValue
        error?.exitCode = status.rawValue
    }

    private static func verdict(_ failure: any Error) -> (ExitStatus, ErrorDocument) {
        #if Client
        if let stop = failure as? RunStop {
            switch stop {
            case .refused(let error): return (Verdict(error).status, ErrorDocument(ending: error, about: nil))
            case .failures: return (.someFailed, ErrorDocument(stop))
            }
        }
        #endif
        return (Verdict(failure).status, ErrorDocument(ending: failure, about: nil))
    }
}
