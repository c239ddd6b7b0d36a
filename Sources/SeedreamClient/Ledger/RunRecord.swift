import Cryptography

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run as the ledger keeps it: the rows that one command sends from one place to one place.
public struct RunRecord: Hashable, Codable, Sendable, Identifiable {
    /// What decides which run a command joins: the same values are the same run. ``Self/id`` is
    /// made of them.
    public struct Identity: Hashable, Codable, Sendable {
        /// The command, as `edit`.
        public var command: String
        /// Absolute paths of the folders or of the manifest that the rows come from, sorted.
        public var sources: [String]
        /// The absolute path of the folder that results go to.
        public var destination: String
        /// Scheme, host and port of the provider's address.
        public var origin: String
        /// A name that takes the place of the other values; `nil` by default.
        public var name: String?

        /// Makes an identity.
        public init(
            command: String, sources: [String], destination: String, origin: String, name: String? = nil
        ) {
            self.command = command
            self.sources = Array(Set(sources)).sorted()
            self.destination = destination
            self.origin = origin
            self.name = name
        }

        /// 16 hexadecimal digits that stand for the values.
        var digest: String {
            // Texts may hold anything but a zero byte.
            let texts = name.map { ["name", $0] } ?? [command, destination, origin] + sources
            return String(SHA256Digest(Array(texts.joined(separator: "\0").utf8)).hexadecimal.prefix(16))
        }
    }

    /// 16 hexadecimal digits.
    public var id: String
    /// What the run is.
    public var identity: Identity
    /// When it began, in seconds since 1970.
    public var created: Double
    /// When it was last joined, in seconds since 1970.
    public var updated: Double
    /// The command line that began it or joined it last, without passwords; `nil` for a program's
    /// own run.
    public var arguments: [String]?
    /// The working directory of that command line.
    public var folder: String?

    /// Makes a run that begins now.
    public init(_ identity: Identity, arguments: [String]? = nil, folder: String? = nil) {
        id = identity.digest
        self.identity = identity
        created = Date().timeIntervalSince1970
        updated = created
        self.arguments = arguments
        self.folder = folder
    }
}

/// Where a row of a run stands.
public enum RowState: String, Hashable, Codable, Sendable, CaseIterable {
    /// Not begun; nothing was sent.
    case waiting
    /// Its images are being made valid; nothing was sent.
    case preparing
    /// As ``JobState/submitting``.
    case submitting
    /// As ``JobState/accepted``.
    case accepted
    /// As ``JobState/finished``.
    case finished
    /// As ``JobState/saved``.
    case saved
    /// As ``JobState/failed``, or it could not be prepared.
    case failed
    /// As ``JobState/cancelled``.
    case cancelled
    /// As ``JobState/unknown``.
    case unknown
    /// An equal row of this run is there in its place.
    case skipped

    /// The state of the job that was sent for the row.
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

/// A row of a run as the ledger keeps it: one request, from before anything is read to its last
/// file.
public struct RowRecord: Hashable, Codable, Sendable {
    /// Why a row failed before its request was sent.
    public struct Failure: Hashable, Codable, Sendable {
        /// A word for programs, as `corrupt-image`.
        public var code: String
        /// Expected and found, one line.
        public var message: String
        /// What to do, one line.
        public var hint: String?

        /// Makes a failure.
        public init(code: String, message: String, hint: String? = nil) {
            self.code = code
            self.message = message
            self.hint = hint
        }
    }

    /// The run's ``RunRecord/id``.
    public var run: String
    /// From 1, in the order in which rows were recorded.
    public var number: Int
    /// What a person calls it: an absolute path, or the id of a manifest's row.
    public var label: String
    /// What decides the result, as a digest, and which of equal rows it is; `nil` until the inputs
    /// have been read.
    public var key: String?
    /// Where it stands.
    public var state: RowState
    /// The ``JobRecord/id`` of the last request that was sent for it.
    public var job: String?
    /// Why it failed before its request was sent.
    public var failure: Failure?

    /// The label without its extension: rows that share it would name their results alike.
    var stem: String {
        guard let dot = label.lastIndex(of: "."), !label[dot...].contains("/") else { return label }
        return String(label[..<dot])
    }

    /// Makes a row that waits.
    public init(run: String, number: Int, label: String, key: String? = nil) {
        self.run = run
        self.number = number
        self.label = label
        self.key = key
        state = .waiting
    }
}

/// The row that a job is sent for.
public struct RowReference: Hashable, Codable, Sendable {
    /// The run's ``RunRecord/id``.
    public var run: String
    /// The row's ``RowRecord/number``.
    public var number: Int
    /// The row's ``RowRecord/key``. Of one run, one job at most has it that did not fail.
    public var key: String
    /// The part of the key that equal requests share, in every run.
    public var content: String

    /// What a manifest calls the row: the part of the key behind `@`; `nil` where it says nothing.
    var id: String? {
        guard key.hasPrefix(content + "@") else { return nil }
        let id = key.dropFirst(content.count + 1)
        // A row that is bought again has the number of the purchase behind it.
        guard let slash = id.lastIndex(of: "/"), Int(id[id.index(after: slash)...]) != nil else {
            return String(id)
        }
        return String(id[..<slash])
    }

    /// Makes a reference.
    public init(run: String, number: Int, key: String, content: String) {
        self.run = run
        self.number = number
        self.key = key
        self.content = content
    }
}

/// A run and how many of its rows stand where.
public struct RunSummary: Hashable, Sendable {
    /// The run.
    public var run: RunRecord
    /// The number of rows in each state; no entry where there are none.
    public var rows: [RowState: Int]
    /// The worst case of what was bought, in flight and unknown included, by unit.
    public var cost: [Price.Unit: Double]

    /// Makes a summary.
    public init(run: RunRecord, rows: [RowState: Int], cost: [Price.Unit: Double] = [:]) {
        self.run = run
        self.rows = rows
        self.cost = cost
    }
}
