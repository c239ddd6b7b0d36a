#if os(Linux)
private import CProcess
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a process begins and ends that holds keys and writes files.
package enum ThisProcess {
    /// Opens the standard streams that are closed, and forbids core dumps.
    package static func prepare() {
        openStandardStreams()
        forbidDumps()
    }

    /// How many files this process may have open at most: its limit, raised to `wanted` where the
    /// system allows that.
    package static func openFileLimit(wanting wanted: Int) -> Int {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return .max }
        if limit.rlim_cur < rlim_t(wanted) {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(exactly: limit.rlim_cur) ?? .max
    }

    /// The limit on the addresses of this process in bytes (`RLIMIT_AS`); `nil` without one.
    package static var addressLimit: Int? {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #else
        let resource = RLIMIT_AS
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < 1 << 60 else { return nil }
        return Int(limit.rlim_cur)
    }

    /// Ends the process.
    package static func end(_ status: Int32) -> Never { exit(status) }

    /// Fills descriptors 0 to 2, so that no ledger and no image is opened as one of them and
    /// written to as standard output. What was closed still cannot be used: it is open in the
    /// direction that is not asked for.
    private static func openStandardStreams() {
        for descriptor: Int32 in 0...2 {
            while fcntl(descriptor, F_GETFD) == -1, errno == EBADF {
                let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
                if opened < 0 { return }
                // Descriptors are filled from the lowest; one beyond it was not closed after all.
                if opened != descriptor {
                    close(opened)
                    break
                }
            }
        }
    }

    /// A core dump holds the key, and so does the memory that other processes of the user may read.
    private static func forbidDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        #else
        _ = setrlimit(RLIMIT_CORE, &none)
        #endif
        #if os(Linux)
        // The limit does not hold where the system hands dumps to a program.
        _ = cprocess_forbid_dumps()
        #endif
    }
}
