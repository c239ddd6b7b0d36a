private import Foundation

/// Limits the length of each file that this process writes, to imitate a full disk. Only for exit
/// tests, because the limit holds for the whole process.
public enum FileLimit {
    /// The system did not accept the limit.
    struct Refused: Error {}

    /// Sets the limit in bytes; `nil` removes it. Writes beyond the limit fail with `EFBIG` instead
    /// of ending the process.
    public static func set(_ length: Int?) throws {
        signal(SIGXFSZ, SIG_IGN)
        // RLIM_INFINITY is a macro that Swift does not import.
        let none = rlim_t.max
        var limit = rlimit(rlim_cur: length.map { rlim_t($0) } ?? none, rlim_max: none)
        #if canImport(Glibc)
        let code = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
        let code = setrlimit(RLIMIT_FSIZE, &limit)
        #endif
        guard code == 0 else { throw Refused() }
    }
}
