/// How a ledger is opened if it does not exist or cannot be written.
public enum LedgerAccess: Hashable, Sendable {
    /// A missing ledger is created.
    case creating
    /// The ledger must exist.
    case existing
    /// The ledger must exist; if it cannot be written, it is opened for reading only.
    case reading
    /// The ledger must exist; nothing in it is changed, and no other process is waited for.
    case viewing
}
