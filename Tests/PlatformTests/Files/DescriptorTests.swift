import Foundation
import Platform
import Synchronization
import Testing

@Suite("descriptors")
struct DescriptorTests {
    @Test("report the system's error number on a full device")
    func full() throws {
        #if os(Linux)
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(
            [UInt8](repeating: 0, count: 10).withUnsafeBytes { Descriptor.writeAll($0, to: descriptor) }
                == ENOSPC)
        // An empty write makes no system call.
        #expect(Descriptor.writeAll(UnsafeRawBufferPointer(start: nil, count: 0), to: descriptor) == nil)
        #endif
        #expect([UInt8](repeating: 0, count: 10).withUnsafeBytes { Descriptor.writeAll($0, to: -1) } == EBADF)
    }

    @Test("retry a call that a signal interrupted, and no other", arguments: [0, 1, 3])
    func retrying(_ interruptions: Int) {
        var calls = 0
        let result = Descriptor.retrying { () -> Int32 in
            calls += 1
            errno = EINTR
            return calls > interruptions ? 7 : -1
        }
        #expect(result == 7)
        #expect(calls == interruptions + 1)
        let failed = Descriptor.retrying { () -> Int in
            calls += 1
            errno = EMFILE
            return -1
        }
        #expect(failed == -1)
        #expect(calls == interruptions + 2)
    }

    /// The state shared by the two threads.
    private final class Shared: Sendable {
        let writer = Mutex<pthread_t?>(nil)
        let isDone = Mutex(false)
        let code = Mutex<Int32?>(-1)
    }

    @Test("write all bytes, even in small pieces and with frequent signals")
    func interrupted() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        // Without SA_RESTART, so that the call returns with EINTR.
        var action = sigaction()
        #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { _ in }
        #else
        action.__sigaction_handler.sa_handler = { _ in }
        #endif
        var before = sigaction()
        sigaction(SIGUSR1, &action, &before)
        defer { sigaction(SIGUSR1, &before, nil) }
        let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let shared = Shared()
        await withTaskGroup { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    Thread.detachNewThread {
                        var signals = sigset_t()
                        sigemptyset(&signals)
                        sigaddset(&signals, SIGUSR1)
                        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
                        shared.writer.withLock { $0 = pthread_self() }
                        let result = bytes.withUnsafeBytes { Descriptor.writeAll($0, to: writing) }
                        shared.writer.withLock { $0 = nil }
                        shared.code.withLock { $0 = result }
                        close(writing)
                        continuation.resume()
                    }
                }
            }
            group.addTask {
                while !shared.isDone.withLock({ $0 }) {
                    shared.writer.withLock { if let thread = $0 { _ = pthread_kill(thread, SIGUSR1) } }
                    usleep(200)
                }
            }
            var got: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 10_007)
            while true {
                let count = read(reading, &piece, piece.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                got += piece[..<count]
                usleep(500)
            }
            shared.isDone.withLock { $0 = true }
            await group.waitForAll()
            #expect(got == bytes)
        }
        #expect(shared.code.withLock { $0 } == nil)
        close(reading)
    }
}
