import SeedreamKit
import TestSupport
import Testing

@Suite("AsyncSemaphore")
struct AsyncSemaphoreTests {
    @Test("gives its slots at once, and then one for each that is returned")
    func slots() async throws {
        let semaphore = AsyncSemaphore(2)
        #expect(await semaphore.wait())
        #expect(await semaphore.wait())
        let order = Recorder<Int>()
        let third = Task {
            let hasSlot = await semaphore.wait()
            order.append(3)
            return hasSlot
        }
        order.append(0)
        semaphore.signal()
        #expect(await third.value)
        #expect(order.all == [0, 3])
    }

    @Test("never lets more tasks run at once than its count")
    func bounded() async {
        let semaphore = AsyncSemaphore(3)
        let running = Recorder<Int>()
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    guard await semaphore.wait() else { return }
                    running.append(1)
                    await Task.yield()
                    running.append(-1)
                    semaphore.signal()
                }
            }
        }
        var (now, most) = (0, 0)
        for step in running.all {
            now += step
            most = max(most, now)
        }
        #expect(running.all.count == 100)
        #expect(now == 0)
        #expect((1...3).contains(most))
    }

    @Test("a cancelled task takes no slot")
    func cancelled() async {
        let semaphore = AsyncSemaphore(1)
        #expect(await semaphore.wait())
        let waiting = Task { await semaphore.wait() }
        waiting.cancel()
        #expect(await !waiting.value)
        // Its slot goes to the next task.
        semaphore.signal()
        #expect(await semaphore.wait())
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await semaphore.wait()
        }
        semaphore.signal()
        #expect(await !late.value)
        #expect(await semaphore.wait())
    }
}
