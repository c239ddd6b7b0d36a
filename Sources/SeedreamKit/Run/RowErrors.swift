public import SeedreamClient
import SeedreamModel

/// The images of a bought row are lost.
package struct LostImageError: Error, CustomStringConvertible {
    let job: JobRecord

    package var description: String { "job \(job.id.prefix(8)) was bought, and its images are lost" }
}

/// A row was refused and not sent.
public struct RefusedRowError: Error, Sendable, CustomStringConvertible {
    /// The reason, and what to do.
    public let failure: RowRecord.Failure

    /// Makes an error.
    public init(failure: RowRecord.Failure) { self.failure = failure }

    /// Expected and found, one line.
    public var description: String { failure.message }
}

/// An equal request is open at the provider or may have been bought: sending it again could pay
/// twice.
public struct EqualRequestError: Error, Sendable, CustomStringConvertible {
    /// The newest job of an equal request.
    public var job: JobRecord

    /// Makes an error.
    public init(job: JobRecord) { self.job = job }

    /// The job's id and state, one line.
    public var description: String {
        "an equal request is \(job.state == .unknown ? "of unknown outcome" : "open"): job \(job.id.prefix(8))"
    }
}

/// Another process is about to send an equal request. Nothing was bought here.
public struct BusyRowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The label of the request.
    public var label: String

    /// Makes an error.
    public init(label: String) { self.label = label }

    /// The label and the reason, one line.
    public var description: String { "\(label): another process is about to send an equal request" }
}
