import Cryptography
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run in the ledger: the rows that one command sends from one source to one destination.
public struct RunRecord: Hashable, Codable, Sendable, Identifiable {
    /// The values that identify a run: a command with the same values joins the same run.
    /// ``RunRecord/id`` is derived from them.
    public struct Identity: Hashable, Codable, Sendable {
        /// The command, such as `edit`.
        public var command: String
        /// The absolute paths of the folders or the manifest that the rows come from, sorted.
        public var sources: [String]
        /// The absolute path of the folder for results.
        public var destination: String
        /// The scheme, host name and port of the provider's address.
        public var origin: String
        /// A name that replaces the other values in ``RunRecord/id``. Default: `nil`.
        public var name: String?

        /// Creates an identity.
        public init(
            command: String, sources: [String], destination: String, origin: String, name: String? = nil
        ) {
            self.command = command
            self.sources = Array(Set(sources)).sorted()
            self.destination = destination
            self.origin = origin
            self.name = name
        }

        /// A digest of the values, 16 hexadecimal digits.
        var digest: String {
            // The separator is a zero byte, which none of the texts can contain.
            let texts = name.map { ["name", $0] } ?? [command, destination, origin] + sources
            return String(SHA256Digest(Array(texts.joined(separator: "\0").utf8)).hexadecimal.prefix(16))
        }
    }

    /// The run's ID, 16 hexadecimal digits.
    public var id: String
    /// The values that identify the run.
    public var identity: Identity
    /// The start time, in seconds since 1970.
    public var created: Double
    /// The time of the last join, in seconds since 1970.
    public var updated: Double
    /// The command line that started the run or last joined it, without passwords; `nil` for a run
    /// started from Swift.
    public var arguments: [String]?
    /// The working directory of that command line.
    public var folder: String?

    /// Creates a run that starts now.
    public init(_ identity: Identity, arguments: [String]? = nil, folder: String? = nil) {
        id = identity.digest
        self.identity = identity
        created = Date().timeIntervalSince1970
        updated = created
        self.arguments = arguments
        self.folder = folder
    }
}

/// The state of a row of a run.
public enum RowState: String, Hashable, Codable, Sendable, CaseIterable {
    /// Not started; nothing was sent.
    case waiting
    /// Its images are being prepared; nothing was sent.
    case preparing
    /// As ``JobState/submitting``.
    case submitting
    /// As ``JobState/accepted``.
    case accepted
    /// As ``JobState/finished``.
    case finished
    /// As ``JobState/saved``.
    case saved
    /// As ``JobState/failed``, or its images could not be prepared.
    case failed
    /// As ``JobState/cancelled``.
    case cancelled
    /// As ``JobState/unknown``.
    case unknown
    /// Skipped, because the run has an equal row.
    case skipped

    /// Creates the state of a row from the state of its job.
    public init(_ state: JobState) {
        switch state {
        case .submitting: self = .submitting
        case .accepted: self = .accepted
        case .finished: self = .finished
        case .saved: self = .saved
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        case .unknown: self = .unknown
        }
    }
}

/// A row of a run in the ledger: one request, from before its inputs are read to its last file.
public struct RowRecord: Hashable, Codable, Sendable {
    /// The error of a row that failed before its request was sent.
    public struct Failure: Hashable, Codable, Sendable {
        /// An error code for programs, such as `corrupt-image`.
        public var code: String
        /// A one-line message with the expected and the found value.
        public var message: String
        /// A one-line remedy.
        public var hint: String?

        /// Creates a failure.
        public init(code: String, message: String, hint: String? = nil) {
            self.code = code
            self.message = message
            self.hint = hint
        }
    }

    /// The run's ``RunRecord/id``.
    public var run: String
    /// The number of the row, from 1, in the order of recording.
    public var number: Int
    /// The name of the row for people: an absolute path, or the ID of a manifest's row.
    public var label: String
    /// A digest of everything that determines the result, and the row's position among equal rows;
    /// `nil` until the inputs have been read.
    public var key: String?
    /// The state of the row.
    public var state: RowState
    /// The ``JobRecord/id`` of the last request sent for the row.
    public var job: String?
    /// The error, if the row failed before its request was sent.
    public var failure: Failure?

    /// The label without its extension: rows with the same stem would give their results the same
    /// name.
    var stem: String {
        guard let dot = label.lastIndex(of: "."), !label[dot...].contains("/") else { return label }
        return String(label[..<dot])
    }

    /// Creates a waiting row.
    public init(run: String, number: Int, label: String, key: String? = nil) {
        self.run = run
        self.number = number
        self.label = label
        self.key = key
        state = .waiting
    }
}

/// Refers to the row that a job is sent for.
public struct RowReference: Hashable, Codable, Sendable {
    /// The run's ``RunRecord/id``.
    public var run: String
    /// The row's ``RowRecord/number``.
    public var number: Int
    /// The row's ``RowRecord/key``. In one run, at most one job that did not fail has it.
    public var key: String
    /// The part of the key that equal requests share in all runs.
    public var content: String

    /// The row's ID in a manifest: the part of the key after `@`; `nil` without one.
    var id: String? {
        guard key.hasPrefix(content + "@") else { return nil }
        let id = key.dropFirst(content.count + 1)
        // A row that is bought again has the purchase's number appended.
        guard let slash = id.lastIndex(of: "/"), Int(id[id.index(after: slash)...]) != nil else {
            return String(id)
        }
        return String(id[..<slash])
    }

    /// Creates a reference.
    public init(run: String, number: Int, key: String, content: String) {
        self.run = run
        self.number = number
        self.key = key
        self.content = content
    }
}

/// A run and the number of its rows in each state.
public struct RunSummary: Hashable, Sendable {
    /// The run.
    public var run: RunRecord
    /// The number of rows by state; states without rows are absent.
    public var rows: [RowState: Int]
    /// The worst-case cost of the run's jobs by unit, including those in flight and of unknown
    /// outcome.
    public var cost: [Price.Unit: Double]

    /// Creates a summary.
    public init(run: RunRecord, rows: [RowState: Int], cost: [Price.Unit: Double] = [:]) {
        self.run = run
        self.rows = rows
        self.cost = cost
    }
}
