private import CodecBridge

/// Memory that is free in the process and not yet in the system.
package enum FreedMemory {
    /// Gives it back. For processes that live long: glibc keeps the most that was ever needed, tens of megabytes an arena.
    package static func giveBack() { bridge_return_memory() }
}
