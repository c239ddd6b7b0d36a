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
    /// Another job was sent for the row and did not fail, or another process works on the row.
    /// `job` is the ID of its job, empty as long as it has sent none.
    case rowTaken(job: String)
    /// The run would exceed its budget. `spent` is the worst case of what was already sent.
    case overBudget(spent: Double, worst: Double, budget: Budget)
    /// The account has as many requests in flight as it may have. Nothing was inserted; try again
    /// when one has ended.
    case slotsTaken(limit: Int)
    /// The database cannot be reached, or it refuses the connection. The URL has no password.
    case cannotConnect(url: String, cause: ConnectionFault, reason: String)
    /// The ledger is in PostgreSQL, and this build has no support for it.
    case withoutPostgreSQL(url: String)

    /// The reason why there is no connection to a database.
    public enum ConnectionFault: String, Hashable, Sendable, CaseIterable {
        /// No server answers at the address, or the connection broke and none could be made again.
        case unreachable
        /// Something answers that does not speak PostgreSQL's protocol.
        case otherProtocol
        /// The user or the password is wrong, or the server's rules refuse the connection.
        case credentials
        /// There is no database of this name.
        case noDatabase
        /// The user lacks a right in the database.
        case rights
        /// The server is starting, shutting down, or has too many connections.
        case busy
        /// The URL or the database does not fit: unknown parameters, or an encoding other than
        /// UTF-8.
        case unsuitable
        /// libpq, PostgreSQL's client library, cannot be loaded.
        case noLibrary
    }
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
        case .rowTaken(""): "another process is preparing this row"
        case .rowTaken(let job): "another process has sent this row, as job \(job.prefix(8))"
        case .overBudget(let spent, let worst, let budget):
            "expected the run to cost at most \(budget.amount.formattedAmount) \(budget.unit.rawValue), "
                + "found up to \(spent.formattedAmount) spent and \(worst.formattedAmount) more"
        case .slotsTaken(let limit):
            "expected fewer than \(limit) requests of the account in flight, found \(limit)"
        case .cannotConnect(let url, _, let reason): "\(url): no connection to the ledger: \(reason)"
        case .withoutPostgreSQL(let url): "\(url): this build keeps no ledger in PostgreSQL"
        }
    }

    /// The remedy.
    public var remedy: Remedy {
        switch self {
        case .cannotWrite(let path, _) where DatabaseURL(path) != nil:
            "nothing is sent without a ledger: use a server that can be written, or free some space on it"
        case .absent(let path) where DatabaseURL(path) != nil:
            "check the name of the database; `edit` and `generate` make a new ledger in it"
        case .damaged(let path, _) where DatabaseURL(path) != nil:
            "use another database with \(.ledgerFile); this one was not changed"
        case .tooNew(let path) where DatabaseURL(path) != nil:
            "use the newer version on every machine, or another database with \(.ledgerFile)"
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
        case .slotsTaken: "try again when a request of the account has ended"
        case .cannotConnect(_, let cause, _): cause.remedy
        case .withoutPostgreSQL: "build it with the trait Postgres, or use a file with \(.ledgerFile)"
        }
    }
}

extension LedgerError.ConnectionFault {
    fileprivate var remedy: Remedy {
        switch self {
        case .unreachable: "check host and port, and that the server listens there: `pg_isready -d URL`"
        case .otherProtocol: "check host and port: PostgreSQL usually listens on 5432"
        case .credentials: "check the user, and the password in the URL, PGPASSWORD or ~/.pgpass"
        case .noDatabase: "create it with `createdb NAME`, or correct the name at the end of the URL"
        case .rights: "an owner of the database grants it: `GRANT CREATE ON DATABASE name TO user`"
        case .busy: "try again; if it stays, raise max_connections or use a pooler"
        case .unsuitable:
            "expected `postgresql://USER@HOST/DATABASE`, and a database with the encoding UTF8"
        case .noLibrary: "install PostgreSQL's client library, or use a file with \(.ledgerFile)"
        }
    }
}
