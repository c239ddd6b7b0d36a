/// Why the ledger does not do what it is asked. Nothing is sent while it cannot be written.
public enum LedgerError: Error, Hashable, Sendable {
    /// The file or its folder cannot be opened.
    case cannotOpen(path: String, reason: String)
    /// The file was written by a later version.
    case tooNew(path: String)
    /// The file is no ledger, or damaged.
    case damaged(path: String, reason: String)
    /// It cannot be written: read-only, full, locked for too long.
    case cannotWrite(path: String, reason: String)
    /// There is no such job.
    case notFound(String)
    /// What was given of an id fits several jobs.
    case ambiguous(String, count: Int)
    /// A job does not go from one state to the other.
    case forbiddenTransition(from: JobState, to: JobState)
}

extension LedgerError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path): the ledger cannot be opened: \(reason)"
        case .tooNew(let path): "\(path): the ledger was written by a later version"
        case .damaged(let path, let reason): "\(path): expected a ledger, found something else: \(reason)"
        case .cannotWrite(let path, let reason): "\(path): the ledger cannot be written: \(reason)"
        case .notFound(let id): "there is no job \(id)"
        case .ambiguous(let id, let count): "\(id) fits \(count) jobs"
        case .forbiddenTransition(let from, let to):
            "a job that is \(from.rawValue) does not become \(to.rawValue)"
        }
    }

    /// What to do about it.
    public var hint: String {
        switch self {
        case .cannotOpen, .cannotWrite:
            "nothing is sent without a ledger: name a file that can be written with `--ledger`, or free some space"
        case .tooNew: "use the newer version, or another file with `--ledger`"
        case .damaged: "name another file with `--ledger`; this one was left as it is"
        case .notFound: "`seedream jobs` lists them"
        case .ambiguous: "give more of the id; `seedream jobs` lists them"
        case .forbiddenTransition: "another process has worked on it: see `seedream jobs`"
        }
    }
}
