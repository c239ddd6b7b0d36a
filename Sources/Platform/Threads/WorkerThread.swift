/// The error if the system grants this process no further thread.
package struct ThreadShortage: Error {}

/// A thread that runs one closure and can be joined.
///
/// Codec work blocks for seconds, which must not happen in the threads of Swift concurrency.
package final class WorkerThread {
    private let handle: pthread_t
    private var isJoined = false

    private final class Job {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// The size of a stack in bytes: four times the default of macOS. That of Linux is 8 MiB, which
    /// the system keeps mapped for later threads. Our number.
    private static let stackSize = 2 << 20

    /// Starts the thread.
    ///
    /// - Throws: ``ThreadShortage`` if the system grants no further thread.
    package init(_ body: @escaping @Sendable () -> Void) throws(ThreadShortage) {
        let job = Unmanaged.passRetained(Job(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        #if canImport(Darwin)
        var handle: pthread_t?
        let code = pthread_create(&handle, &attributes, { Self.main($0) }, job.toOpaque())
        guard code == 0, let handle else {
            job.release()
            throw ThreadShortage()
        }
        self.handle = handle
        #else
        var handle = pthread_t()
        let code = pthread_create(
            &handle, &attributes, { context in context.map { WorkerThread.main($0) } ?? nil }, job.toOpaque())
        guard code == 0 else {
            job.release()
            throw ThreadShortage()
        }
        self.handle = handle
        #endif
    }

    deinit {
        if !isJoined { pthread_detach(handle) }
    }

    /// Returns whether the given number of threads could be started now. Call it before using a
    /// library that needs them and does not report a shortage.
    package static func areAvailable(_ count: Int) -> Bool {
        let gate = Gate()
        var threads: [WorkerThread] = []
        while threads.count < count, let thread = try? WorkerThread({ gate.wait() }) {
            threads.append(thread)
        }
        gate.monitor.locked { gate.isOpen = true }
        threads.forEach { $0.join() }
        // The system still counts a thread for a moment after it has been joined.
        usleep(2000)
        return threads.count == count
    }

    /// A gate at which threads wait.
    ///
    /// `@unchecked Sendable`: `isOpen` is accessed only under `monitor`.
    private final class Gate: @unchecked Sendable {
        let monitor = Monitor()
        var isOpen = false

        func wait() {
            monitor.locked { while !isOpen { monitor.wait() } }
        }
    }

    /// Waits until the closure has returned.
    package func join() {
        guard !isJoined else { return }
        isJoined = true
        pthread_join(handle, nil)
    }

    private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
        return nil
    }
}

/// A lock with a condition variable. Leaving the lock wakes all waiting threads.
///
/// `@unchecked Sendable`: the two pthread objects are made for use by several threads and never
/// move.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }

    /// Releases the lock until another thread leaves `locked`. Call it only inside `locked`.
    package func wait() { pthread_cond_wait(condition, mutex) }
}

/// The processors of the machine.
package enum Processors {
    /// The number of processors online, at least 1.
    package static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
