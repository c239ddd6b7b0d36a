private import CodecBridge

/// Memory that is free in the process and not yet in the system.
package enum FreedMemory {
    /// Gives it back. For processes that live long: glibc keeps the most that was ever needed, tens
    /// of megabytes an arena.
    package static func giveBack() { bridge_return_memory() }

    /// Keeps less of it from now on: one arena for all threads, and blocks of 64 KiB straight from
    /// the system and back. For processes that wait for a network while they hold pictures; what is
    /// allocated often, in many threads, takes longer.
    package static func keepLittle() { bridge_limit_memory() }

    /// One arena for all threads where the addresses of this process are bounded (`RLIMIT_AS`):
    /// glibc reserves 64 MiB of them for each. Call it before the first thread is started.
    package static func shareArena() { bridge_share_arena() }
}
