import Foundation
import HTTPTypes
import SeedreamClient
import Synchronization
import TestSupport
import Testing

@Suite("name look-up")
struct NameResolverTests {
    /// A resolver whose look-ups end when the test says so.
    private final class SlowSystem: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let counts = Mutex((running: 0, most: 0, all: 0))

        func lookUp(_ host: String) -> Result<[IPAddress], NameResolver.Failure> {
            counts.withLock {
                $0.running += 1
                $0.all += 1
                $0.most = max($0.most, $0.running)
            }
            gate.wait()
            counts.withLock { $0.running -= 1 }
            return host == "none" ? .failure(.noAddress) : .success([.v4(0x0808_0808)])
        }

        func release(_ count: Int) { for _ in 0..<count { gate.signal() } }
        var most: Int { counts.withLock { $0.most } }
        var all: Int { counts.withLock { $0.all } }
        func wait(running count: Int) async throws {
            try await eventually("\(count) look-ups are running") { counts.withLock { $0.running } >= count }
        }
    }

    @Test("uses a few threads at most, and a caller that gives up returns at once")
    func bounded() async throws {
        let system = SlowSystem()
        let lookups = Lookups { system.lookUp($0) }
        let tasks = (0..<20).map { number in
            Task { try await lookups.addresses(of: "host\(number)") }
        }
        try await system.wait(running: Lookups.maximum)
        let began = ContinuousClock.now
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(began.duration(to: .now) < .seconds(5))
        #expect(system.most == Lookups.maximum)
        // Names without a waiting task are not looked up after the four have ended.
        let late = Task { try await lookups.addresses(of: "late") }
        system.release(Lookups.maximum + 1)
        #expect(try await late.value == [.v4(0x0808_0808)])
        #expect(system.all == Lookups.maximum + 1)
    }

    @Test("looks a name up once for all who ask at the same time")
    func shared() async throws {
        let system = SlowSystem()
        let lookups = Lookups { system.lookUp($0) }
        async let first = lookups.addresses(of: "host")
        try await system.wait(running: 1)
        async let second = lookups.addresses(of: "host")
        async let third = lookups.addresses(of: "host")
        try await Task.sleep(for: .milliseconds(50))
        system.release(3)
        #expect(try await [first, second, third].allSatisfy { $0 == [.v4(0x0808_0808)] })
        #expect(system.all <= 2)
    }

    @Test("reports the reason, and a cancelled task makes no look-up")
    func failures() async throws {
        let system = SlowSystem()
        let lookups = Lookups { system.lookUp($0) }
        system.release(1)
        await #expect(throws: NameResolver.Failure.noAddress) { try await lookups.addresses(of: "none") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await lookups.addresses(of: "host")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(system.all == 1)
    }

    @Test("this machine's own name has addresses, and an invalid name has none")
    func system() async throws {
        let here = try await NameResolver.system.addresses("localhost")
        #expect(!here.isEmpty)
        #expect(here.allSatisfy { $0.isLoopback })
        await #expect(throws: NameResolver.Failure.self) {
            try await NameResolver.system.addresses("no-such-host.invalid")
        }
    }

    #if Client
    @Test(
        "a connection without an address reports whether the name or the name server is missing",
        arguments: [
            NameResolver.Failure.noAddress, .noAnswer, .system(EMFILE),
        ])
    func connection(_ failure: NameResolver.Failure) async throws {
        let transport = try AsyncHTTPTransport(
            AsyncHTTPTransportTests.direct, resolver: NameResolver { _ in throw failure })
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(OutgoingRequest(.get, "http://no-such-host.invalid/x"))
        }
        await transport.shutdown()
        #expect(error?.message == "no-such-host.invalid: \(failure)")
        #expect(error?.hint == failure.hint)
        #expect(error?.mayHaveArrived == false)
    }
    #endif
}
