import Cryptography
public import SeedreamModel

/// One part of a list of rows that several processes share without talking to each other.
///
/// A row belongs to the shard whose index is the first 8 bytes of the SHA-256 of its name, as a
/// big-endian number, modulo the number of shards. Every process must see the same list.
public struct Shard: Hashable, Sendable {
    /// The index of the shard, from 0.
    public let index: Int
    /// The number of shards.
    public let count: Int

    /// The largest number of shards. Our number: more than any scheduler's array has.
    public static let maximumCount = 1_000_000

    /// Makes a shard.
    ///
    /// - Throws: ``ShardError/outOfRange(index:count:)`` unless `0 <= index < count`.
    public init(_ index: Int, of count: Int) throws(ShardError) {
        guard (1...Self.maximumCount).contains(count), (0..<count).contains(index) else {
            throw .outOfRange(index: index, count: count)
        }
        (self.index, self.count) = (index, count)
    }

    /// Returns whether a row belongs to the shard.
    ///
    /// - Parameter name: The row's id, or the path of an image below the folder that was named.
    public func contains(_ name: String) -> Bool {
        let digest = SHA256Digest(Array(name.utf8)).bytes
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return number % UInt64(count) == UInt64(index)
    }
}

extension Shard {
    /// Makes a shard from a text: `i/n` with i from 0; `env` for the place of this process in a job
    /// array of Slurm, AWS Batch or Cloud Run; `env/n` for that in an indexed job of Kubernetes,
    /// which does not tell the number of its processes.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - environment: Returns the value of a variable.
    /// - Throws: ``ShardError``. A configuration that is incomplete or ambiguous is never used.
    public init(_ text: String, environment: (String) -> String?) throws(ShardError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first else { throw .malformed(text) }
        if first == "env" {
            let count = parts.count == 2 ? Self.number(parts[1]) : nil
            if parts.count == 2, count == nil { throw .malformed(text) }
            let place = try JobArray.current(environment)
            try self.init(place, count: count)
            return
        }
        guard parts.count == 2, let index = Self.number(parts[0]), let count = Self.number(parts[1]) else {
            throw .malformed(text)
        }
        try self.init(index, of: count)
    }

    private init(_ place: JobArray.Place, count: Int?) throws(ShardError) {
        switch (place.count, count) {
        case (nil, nil): throw .countUnknown(scheduler: place.scheduler, variable: place.variable)
        case (let known?, let given?) where known != given:
            throw .otherCount(scheduler: place.scheduler, found: known, given: given)
        case (let known, let given): try self.init(place.index, of: known ?? given ?? 0)
        }
    }

    /// Returns the value of a number of at most 18 decimal digits, so that two of them can be
    /// added; `nil` for any other text.
    static func number(_ text: some StringProtocol) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return text.utf8.count <= 18 && text.utf8.allSatisfy(digits.contains) ? Int(text) : nil
    }
}

/// A text or an environment that does not tell which rows a process is for.
public enum ShardError: ErrorWithRemedy, Hashable, Sendable {
    /// The text is neither `i/n` nor `env` nor `env/n`.
    case malformed(String)
    /// The index is not below the number of shards, or there are no shards or too many.
    case outOfRange(index: Int, count: Int)
    /// No variable of a known scheduler is set.
    case noScheduler
    /// Variables of more than one scheduler are set.
    case ambiguous([String])
    /// A scheduler has set some of its variables, and not this one.
    case incomplete(scheduler: String, missing: String)
    /// A variable is not a number from 0.
    case notANumber(variable: String, value: String)
    /// The indices of the array are not consecutive: some rows would have no process.
    case sparse(scheduler: String, found: String)
    /// The scheduler does not tell the number of processes.
    case countUnknown(scheduler: String, variable: String)
    /// The number in the text differs from the scheduler's.
    case otherCount(scheduler: String, found: Int, given: Int)
}

extension ShardError: CustomStringConvertible {
    /// The expected and the found value, one line.
    public var description: String {
        switch self {
        case .malformed(let text): "expected i/n, env or env/n, found \(text.isEmpty ? "nothing" : text)"
        case .outOfRange(let index, let count):
            "expected 0/n to (n-1)/n with n from 1 to \(Shard.maximumCount), found \(index)/\(count)"
        case .noScheduler: "expected the variables of a job array, found none"
        case .ambiguous(let names): "expected one scheduler, found \(names.joined(separator: " and "))"
        case .incomplete(let scheduler, let missing):
            "expected all variables of \(scheduler), found no \(missing)"
        case .notANumber(let variable, let value): "\(variable): expected a number from 0, found \(value)"
        case .sparse(let scheduler, let found):
            "expected consecutive indices in the array of \(scheduler), found \(found)"
        case .countUnknown(let scheduler, let variable):
            "\(scheduler) sets \(variable) and not the number of processes"
        case .otherCount(let scheduler, let found, let given):
            "expected the \(found) processes of \(scheduler), found \(given)"
        }
    }

    /// What to do, one line.
    public var remedy: Remedy {
        switch self {
        case .malformed, .outOfRange: "the first of four is 0/4, the last is 3/4"
        case .noScheduler:
            "it reads Slurm, AWS Batch and Cloud Run; elsewhere write i/n, in an indexed job of Kubernetes env/n"
        case .ambiguous: "write i/n, so that no row is left out"
        case .incomplete: "start it as one task of an array, or write i/n"
        case .notANumber: "start it as one task of an array, or write i/n"
        case .sparse: "number the tasks from one value to another, without steps and gaps"
        case .countUnknown: "write env/n with the number of completions"
        case .otherCount: "write env alone, or the scheduler's number"
        }
    }
}
