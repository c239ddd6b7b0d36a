import Platform

/// Makes numbered items one after another, in a thread of its own or when they are required.
///
/// The items are written into slots that the consumer owns: item `n` into slot `n % slots`. An item
/// is made only after the consumer has released the item that was in its slot.
package final class Stage {
    private let shared: Shared
    private let thread: WorkerThread?
    private var made = 0

    /// - Parameters:
    ///   - count: The number of items.
    ///   - slots: The number of slots.
    ///   - concurrently: Whether the items are made in a separate thread, ahead of the consumer.
    ///   - make: Makes the item with the given number.
    /// - Throws: ``PixelError/outOfMemory`` if the thread cannot be started.
    package init(count: Int, slots: Int, concurrently: Bool, make: @escaping (Int) throws -> Void)
        throws(PixelError)
    {
        let shared = Shared(count: count, slots: slots, make: make)
        self.shared = shared
        do throws(ThreadShortage) {
            thread = concurrently ? try WorkerThread { shared.makeAll() } : nil
        } catch {
            throw .outOfMemory
        }
    }

    deinit {
        shared.monitor.locked { shared.isCancelled = true }
        thread?.join()
    }

    /// Returns once items `0..<end` have been made. Items below `released` may have been
    /// overwritten.
    package func require(_ end: Int, releasing released: Int) throws {
        let end = min(end, shared.count)
        guard thread != nil else {
            while made < end {
                try shared.make(made)
                made += 1
            }
            return
        }
        // Wakes the thread before this one waits.
        shared.monitor.locked { shared.released = max(shared.released, released) }
        try shared.monitor.locked {
            while shared.made < end, shared.failure == nil { shared.monitor.wait() }
            if shared.made < end, let failure = shared.failure { throw failure }
        }
    }

    /// Makes and discards the remaining items, and waits until the thread has ended.
    package func finish() throws {
        try require(shared.count, releasing: shared.count)
        thread?.join()
    }

    /// The state shared by both threads.
    ///
    /// `@unchecked Sendable`: `made`, `released`, `failure` and `isCancelled` are accessed only
    /// under `monitor`. If there is a thread, only it calls `make` and accesses what `make` has
    /// captured, until it has been joined; but for the slots, which `made` and `released` divide
    /// between the threads.
    private final class Shared: @unchecked Sendable {
        let monitor = Monitor()
        let count: Int
        let slots: Int
        let make: (Int) throws -> Void
        var made = 0
        var released = 0
        var failure: (any Error)?
        var isCancelled = false

        init(count: Int, slots: Int, make: @escaping (Int) throws -> Void) {
            self.count = count
            self.slots = slots
            self.make = make
        }

        func makeAll() {
            for item in 0..<count {
                let goesOn = monitor.locked {
                    while !isCancelled, item - slots >= released { monitor.wait() }
                    return !isCancelled
                }
                guard goesOn else { return }
                do {
                    try make(item)
                } catch {
                    monitor.locked { failure = error }
                    return
                }
                monitor.locked { made = item + 1 }
            }
        }
    }
}
