private import Platform
private import Synchronization

/// Reuses the memory of files for the next ones: new pages, which the kernel has to clear and map,
/// cost more time than reading the file into them.
package final class FileMemory: Sendable {
    /// Memory from `malloc`.
    ///
    /// `@unchecked Sendable`: a block is either in the store or owned by the caller that took it.
    struct Block: @unchecked Sendable {
        var base: UnsafeMutableRawPointer
        var capacity: Int

        func release() { free(base) }
    }

    private let spares = Mutex<[Block]>([])
    private let maximumSpares: Int

    /// A mutex cannot hold a `weak` reference directly.
    private struct Current: Sendable {
        weak var memory: FileMemory?
    }

    private static let current = Mutex(Current())

    /// Returns the store shared by all current users; it is created for the first and freed with
    /// the last.
    package static func shared(maximumSpares: Int) -> FileMemory {
        current.withLock { current in
            let memory = current.memory ?? FileMemory(maximumSpares: maximumSpares)
            current.memory = memory
            return memory
        }
    }

    /// - Parameter maximumSpares: The most unused blocks kept; they are freed with this object.
    package init(maximumSpares: Int) { self.maximumSpares = maximumSpares }

    deinit { spares.withLock { $0.forEach { $0.release() } } }

    /// Returns at least `capacity` bytes with unspecified contents; `nil` without memory.
    func take(_ capacity: Int) -> Block? {
        let spare: Block? = spares.withLock { spares in
            // Takes the smallest that fits.
            let fitting = spares.indices.filter { spares[$0].capacity >= capacity }
            if let best = fitting.min(by: { spares[$0].capacity < spares[$1].capacity }) {
                return spares.remove(at: best)
            }
            // Frees one that is too small, to make room for a larger one.
            if !spares.isEmpty { spares.removeFirst().release() }
            return nil
        }
        if let spare { return spare }
        // Allocates an eighth more, because files of one camera differ by little.
        let roomy = capacity + capacity / 8
        return malloc(roomy).map { Block(base: $0, capacity: roomy) }
    }

    func give(_ block: Block) {
        let isKept = spares.withLock { spares in
            guard spares.count < maximumSpares else { return false }
            spares.append(block)
            return true
        }
        if !isKept { block.release() }
    }
}
