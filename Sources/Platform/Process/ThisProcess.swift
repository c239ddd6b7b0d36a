#if os(Linux)
private import CProcess
#endif

/// The start and end of a process that holds keys and writes files.
package enum ThisProcess {
    /// Opens the standard streams that are closed, and disables core dumps.
    package static func prepare() {
        openStandardStreams()
        forbidDumps()
    }

    /// Returns the maximum number of open files of this process: its limit, raised to `wanted` if
    /// the system allows it.
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

    /// The limit on this process's address space in bytes (`RLIMIT_AS`); `nil` without one.
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

    /// The largest resident memory so far, in bytes; 0 if the system does not tell.
    package static var peakMemory: Int {
        #if os(Linux)
        // Not `getrusage`, whose number includes the program that this process ran before
        // `execve(2)`.
        guard let bytes = try? WholeFile.contents(of: "/proc/self/status", maximum: 1 << 16) else { return 0 }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("VmHWM:") }?.split { $0 == " " || $0 == "\t" } ?? []
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) << 10
        #else
        var usage = rusage()
        guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss)
        #endif
    }

    /// Ends the process.
    package static func end(_ status: Int32) -> Never { exit(status) }

    /// Opens descriptors 0 to 2 if they are closed, so that no ledger or image gets one of them and
    /// is written to as standard output. A closed stream stays unusable: it is opened in the
    /// opposite direction.
    private static func openStandardStreams() {
        for descriptor: Int32 in 0...2 {
            while fcntl(descriptor, F_GETFD) == -1, errno == EBADF {
                let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
                if opened < 0 { return }
                // The lowest free descriptor is used; if it is a higher one, this one was not
                // closed after all.
                if opened != descriptor {
                    close(opened)
                    break
                }
            }
        }
    }

    /// Disables core dumps, which contain the key, as does memory that other processes of the user
    /// may read.
    private static func forbidDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        #else
        _ = setrlimit(RLIMIT_CORE, &none)
        #endif
        #if os(Linux)
        // The limit has no effect if the system pipes dumps to a program.
        _ = cprocess_forbid_dumps()
        #endif
    }
}
