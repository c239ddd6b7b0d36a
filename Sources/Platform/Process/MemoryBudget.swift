private import CProcess

/// The memory that images in progress may take together, according to the system.
package enum MemoryBudget {
    /// The smaller of 4 GiB and half of what the system grants, in bytes. The system grants the
    /// least of the machine's memory, the control group's limit, and the rest of this process's
    /// address space.
    package static var systemDefault: Int {
        let granted = [physical, controlGroup.memoryLimit, addressSpace].compactMap { $0 }.min() ?? 8 << 30
        return min(4 << 30, granted / 2)
    }

    private static var physical: Int? {
        let (pages, pageSize) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
        return pages > 0 && pageSize > 0 ? pages * pageSize : nil
    }

    private static var controlGroup: ControlGroup {
        ControlGroup(
            membership: text(ofFile: "/proc/self/cgroup") ?? "",
            mounts: text(ofFile: "/proc/self/mountinfo") ?? "", read: text(ofFile:))
    }

    /// The remaining address space under `RLIMIT_AS`; `nil` without a limit.
    private static var addressSpace: Int? {
        guard let limit = ThisProcess.addressLimit else { return nil }
        let pages = text(ofFile: "/proc/self/statm").flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        return max(0, limit - pages * sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func text(ofFile path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += piece[..<count]
        }
    }
}

/// Memory that is free within the process and not yet returned to the system.
package enum FreedMemory {
    /// Returns free memory to the system. For long-lived processes: glibc otherwise keeps the peak,
    /// tens of megabytes per arena.
    package static func giveBack() { cprocess_return_memory() }

    /// Keeps less free memory from now on: one arena for all threads, and blocks of 64 KiB and more
    /// directly from the system. For processes that hold images while they wait for a network.
    /// Frequent allocations in many threads become slower.
    package static func keepLittle() {
        cprocess_share_arena()
        cprocess_limit_memory()
    }

    /// Uses one arena for all threads. With one for each, memory grows for thousands of images,
    /// and glibc reserves 64 MiB of address space for each of them, which may be limited
    /// (`RLIMIT_AS`). Call it before the first thread is started.
    package static func shareArena() { cprocess_share_arena() }
}
