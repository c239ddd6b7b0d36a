import Platform
import Synchronization
import Testing

@Suite("ParallelLoop")
struct ParallelLoopTests {
    private enum Failure: Error, Hashable {
        case shortage
        case number(Int)
    }

    @Test("calls the body once for each number", arguments: [0, 1, 7, 100], [1, 2, 3, 8])
    func numbers(_ count: Int, _ threads: Int) throws {
        let seen = Mutex<[Int]>([])
        try ParallelLoop.run(count, threads: threads, shortage: Failure.shortage) {
            (number, thread) throws(Failure) in
            #expect(thread == number % max(1, min(threads, count)))
            seen.withLock { $0.append(number) }
        }
        #expect(seen.withLock { $0.sorted() } == Array(0..<count))
    }

    @Test("throws the error of the lowest number that fails", arguments: [1, 2, 3, 8])
    func failure(_ threads: Int) {
        #expect(throws: Failure.number(5)) {
            try ParallelLoop.run(20, threads: threads, shortage: Failure.shortage) {
                (number, _) throws(Failure) in
                if [5, 6, 7, 19].contains(number) { throw .number(number) }
            }
        }
    }
}
