private import Synchronization

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// Memory that files were read into, kept for the next ones: pages that the kernel has to clear and
/// map anew cost more than what is read into them.
package final class FileMemory: Sendable {
    /// Memory from `malloc`.
    ///
    /// `@unchecked Sendable`: a block is in the store or with the one who took it out, never with
    /// two.
    struct Block: @unchecked Sendable {
        var base: UnsafeMutableRawPointer
        var capacity: Int

        func release() { free(base) }
    }

    private let spares = Mutex<[Block]>([])
    private let maximumSpares: Int

    /// `weak` is no property of a type that a mutex takes by itself.
    private struct Current: Sendable {
        weak var memory: FileMemory?
    }

    private static let current = Mutex(Current())

    /// The one that all who read files now share: made for the first of them, gone with the last.
    package static func shared(maximumSpares: Int) -> FileMemory {
        current.withLock { current in
            let memory = current.memory ?? FileMemory(maximumSpares: maximumSpares)
            current.memory = memory
            return memory
        }
    }

    /// - Parameter maximumSpares: Blocks kept while none uses them; they go with this object.
    package init(maximumSpares: Int) { self.maximumSpares = maximumSpares }

    deinit { spares.withLock { $0.forEach { $0.release() } } }

    /// At least `capacity` bytes, whatever they hold; `nil` if there is no memory.
    func take(_ capacity: Int) -> Block? {
        let spare: Block? = spares.withLock { spares in
            // Of several, the smallest that will do.
            let fitting = spares.indices.filter { spares[$0].capacity >= capacity }
            if let best = fitting.min(by: { spares[$0].capacity < spares[$1].capacity }) {
                return spares.remove(at: best)
            }
            // One that is too small makes room for one that is not.
            if !spares.isEmpty { spares.removeFirst().release() }
            return nil
        }
        if let spare { return spare }
        // An eighth more: files of one camera differ by little.
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
