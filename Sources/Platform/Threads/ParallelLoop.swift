/// A loop whose iterations run in several threads.
package enum ParallelLoop {
    /// Calls `body` once for each number in `0..<count`. Thread `t` of `n` takes the numbers `t`,
    /// `t + n`, `t + 2n`, …; the calling thread is thread 0.
    ///
    /// - Parameters:
    ///   - threads: The number of threads, at least 1.
    ///   - body: Called with a number and the number of its thread, from all threads at once.
    /// - Throws: The error of the lowest number that fails; `shortage` if a thread cannot be
    ///   started. All threads have ended then.
    package static func run<Failure: Error>(
        _ count: Int, threads: Int, shortage: Failure,
        _ body: (_ number: Int, _ thread: Int) throws(Failure) -> Void
    ) throws(Failure) {
        let threads = max(1, min(threads, count))
        guard threads > 1 else {
            for number in 0..<count { try body(number, 0) }
            return
        }
        let failures = Failures<Failure>(count: threads)
        try withoutActuallyEscaping(body) { (body) throws(Failure) in
            let work = Work(body: body, failures: failures, count: count, threads: threads)
            var workers: [WorkerThread] = []
            var isShort = false
            for thread in 1..<threads {
                guard let worker = try? WorkerThread({ work.run(thread) }) else {
                    isShort = true
                    break
                }
                workers.append(worker)
            }
            if !isShort { work.run(0) }
            workers.forEach { $0.join() }
            if isShort { throw shortage }
            if let failure = failures.lowest { throw failure }
        }
    }

    /// The first failure of each thread.
    ///
    /// `@unchecked Sendable`: each thread writes its own element, and they are read after all
    /// threads have ended.
    private final class Failures<Failure: Error>: @unchecked Sendable {
        let elements: UnsafeMutableBufferPointer<(number: Int, failure: Failure)?>

        init(count: Int) {
            elements = .allocate(capacity: count)
            elements.initialize(repeating: nil)
        }

        deinit {
            elements.deinitialize()
            elements.deallocate()
        }

        var lowest: Failure? { elements.compactMap { $0 }.min { $0.number < $1.number }?.failure }
    }

    /// `@unchecked Sendable`: `body` is made to be called from several threads, and outlives them,
    /// because the caller joins them.
    private struct Work<Failure: Error>: @unchecked Sendable {
        let body: (Int, Int) throws(Failure) -> Void
        let failures: Failures<Failure>
        let count: Int
        let threads: Int

        func run(_ thread: Int) {
            for number in stride(from: thread, to: count, by: threads) {
                do throws(Failure) {
                    try body(number, thread)
                } catch {
                    failures.elements[thread] = (number, error)
                    return
                }
            }
        }
    }
}
