#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// How much memory pictures in work may take together.
enum MemoryBudget {
    /// The smaller of 4 GiB and half of what the system grants: the control group's limit, or the machine's memory.
    static let systemDefault: Int = {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        let physical = pages > 0 && pageSize > 0 ? pages * pageSize : 8 << 30
        let granted =
            ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
            .compactMap(number(inFile:)).filter { $0 > 0 }.min() ?? physical
        return min(4 << 30, min(granted, physical) / 2)
    }()

    private static func number(inFile path: String) -> Int? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        let count = fread(&text, 1, text.count - 1, file)
        let digits = text.prefix(count).prefix { 48...57 ~= $0 }
        return Int(String(decoding: digits.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
