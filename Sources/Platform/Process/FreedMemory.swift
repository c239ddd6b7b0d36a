private import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Memory that is free in the process and not yet returned to the system.
package enum FreedMemory {
    /// Returns it to the system. For processes that live long: glibc keeps the most that was ever
    /// needed, tens of megabytes for each arena.
    package static func giveBack() { cprocess_return_memory() }

    /// Keeps less of it from now on: one arena for all threads, and blocks of 64 KiB and more
    /// straight from the system. For processes that wait for a network while they hold images;
    /// frequent allocations in many threads take longer.
    package static func keepLittle() {
        cprocess_share_arena()
        cprocess_limit_memory()
    }

    /// Uses one arena for all threads if the addresses of this process are bounded (`RLIMIT_AS`):
    /// glibc reserves 64 MiB of them for each arena. Call it before the first thread is started.
    package static func shareArena() {
        if ThisProcess.addressLimit != nil { cprocess_share_arena() }
    }
}
