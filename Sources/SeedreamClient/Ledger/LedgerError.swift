public import SeedreamModel

/// A failed ledger operation. Nothing is sent if the ledger cannot be written.
public enum LedgerError: ErrorWithRemedy, Hashable, Sendable {
    /// The file or its folder cannot be opened.
    case cannotOpen(path: String, reason: String)
    /// There is no ledger at the path, and the caller requires an existing one.
    case absent(path: String)
    /// The file, or one of its companion files, belongs to another user.
    case foreign(path: String)
    /// Other users may change or replace the file. The mode is the lowest nine bits of its
    /// permissions.
    case exposed(path: String, mode: Int)
    /// The file system has no locks, so two processes would corrupt the ledger. `fileSystem` is its
    /// name if it is known to be shared by several machines.
    case cannotLock(path: String, fileSystem: String?)
    /// The file was written by a later version.
    case tooNew(path: String)
    /// The file is not a ledger, or it is damaged.
    case damaged(path: String, reason: String)
    /// The file cannot be written: read-only, full, or locked for too long.
    case cannotWrite(path: String, reason: String)
    /// There is no such job.
    case notFound(String)
    /// The prefix of an ID matches several jobs.
    case ambiguous(String, count: Int)
    /// The state transition of a job is not allowed.
    case forbiddenTransition(from: JobState, to: JobState)
    /// Another job was sent for the row and did not fail. `job` is its ID.
    case rowTaken(job: String)
    /// The run would exceed its budget. `spent` is the worst case of what was already sent.
    case overBudget(spent: Double, worst: Double, budget: Budget)
}

extension LedgerError: CustomStringConvertible {
    /// A one-line message with the expected and the found value.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path): the ledger cannot be opened: \(reason)"
        case .absent(let path): "\(path): there is no ledger"
        case .foreign(let path): "\(path): expected your own file, found another user's"
        case .exposed(let path, let mode):
            "\(path): expected write access for you alone, found mode \(mode.octal)"
        case .cannotLock(let path, let name):
            "\(path): the ledger cannot be locked: its file system\(name.map { " (\($0))" } ?? "") has no working locks"
        case .tooNew(let path): "\(path): the ledger was written by a later version"
        case .damaged(let path, let reason): "\(path): expected a ledger, found something else: \(reason)"
        case .cannotWrite(let path, let reason): "\(path): the ledger cannot be written: \(reason)"
        case .notFound(let id): "there is no job \(id)"
        case .ambiguous(let id, let count): "\(id) matches \(count) jobs"
        case .forbiddenTransition(let from, let to):
            "a job cannot change from \(from.rawValue) to \(to.rawValue)"
        case .rowTaken(let job): "another process has sent this row, as job \(job.prefix(8))"
        case .overBudget(let spent, let worst, let budget):
            "expected the run to cost at most \(budget.amount.formattedAmount) \(budget.unit.rawValue), "
                + "found up to \(spent.formattedAmount) spent and \(worst.formattedAmount) more"
        }
    }

    /// The remedy.
    public var remedy: Remedy {
        switch self {
        case .cannotOpen, .cannotWrite:
            "nothing is sent without a ledger: use a writable file with \(.ledgerFile), or free some space"
        case .absent: "check the path after \(.ledgerFile); `edit` and `generate` make a new ledger"
        case .foreign(let path): "use a file of your own with \(.ledgerFile); see `ls -ld \(path)`"
        case .exposed(let path, _): "`chmod go-w \(path)`, or use another file with \(.ledgerFile)"
        case .cannotLock: "use a file on a local disk with \(.ledgerFile)"
        case .tooNew: "use the newer version, or another file with \(.ledgerFile)"
        case .damaged: "use another file with \(.ledgerFile); this one was not changed"
        case .notFound: "\(.listJobs) lists the jobs"
        case .ambiguous: "give more characters of the ID; \(.listJobs) lists the jobs"
        case .forbiddenTransition: "another process has changed the job: see \(.listJobs)"
        case .rowTaken: "the row is not sent twice: see \(.listJobs)"
        case .overBudget: "the remaining rows wait: raise the budget to continue"
        }
    }
}
