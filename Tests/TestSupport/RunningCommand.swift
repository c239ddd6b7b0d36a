public import Foundation
import Synchronization

/// A program that has been started.
public final class RunningCommand: Sendable {
    /// The error of a program that was killed because it did not end in time.
    public struct TimedOut: Error, CustomStringConvertible {
        var command: [String]
        var timeout: Duration
        /// The command line and the time that it was allowed.
        public var description: String {
            "killed after \(timeout): \(command.joined(separator: " ").prefix(500))"
        }
    }

    /// The error of a wait that ended because the program ended or its time was up.
    public struct NeverCame: Error, CustomStringConvertible {
        var command: [String]
        var reason: String
        /// The command line and the reason why the wait ended.
        public var description: String { "\(reason): \(command.joined(separator: " ").prefix(500))" }
    }

    /// The process identifier.
    public let identifier: Int32
    private let command: [String]
    private let timeout: Duration
    private let folder: URL
    private let start = ContinuousClock.now
    private let ends: AsyncStream<(status: Int32, signal: Int32?)>
    private let hasEnded: HasEnded

    /// Whether the process has ended.
    private final class HasEnded: Sendable {
        let value = Mutex(false)
    }

    init(_ process: Process, input: Data, timeout: Duration) throws {
        self.timeout = timeout
        command = [process.executableURL?.path ?? ""] + (process.arguments ?? [])
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seedream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try input.write(to: folder.appendingPathComponent("stdin"))
        for name in ["stdout", "stderr"] { try Data().write(to: folder.appendingPathComponent(name)) }
        let handles = try (
            FileHandle(forReadingFrom: folder.appendingPathComponent("stdin")),
            FileHandle(forWritingTo: folder.appendingPathComponent("stdout")),
            FileHandle(forWritingTo: folder.appendingPathComponent("stderr"))
        )
        process.standardInput = handles.0
        process.standardOutput = handles.1
        process.standardError = handles.2
        let (ends, continuation) = AsyncStream<(status: Int32, signal: Int32?)>.makeStream()
        self.ends = ends
        let hasEnded = HasEnded()
        self.hasEnded = hasEnded
        process.terminationHandler = { process in
            hasEnded.value.withLock { $0 = true }
            ProcessReaper.shared.ended(process.processIdentifier)
            let number = process.terminationStatus
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(isSignal ? (128 + number, number) : (number, nil))
            continuation.finish()
        }
        try Self.withoutBlockedSignals { try process.run() }
        identifier = process.processIdentifier
        ProcessReaper.shared.started(identifier)
        try handles.0.close()
        try handles.1.close()
        try handles.2.close()
    }

    /// Calls the body with no signals blocked. Threads of Swift concurrency block most signals, and
    /// child processes inherit that.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Kills the program if its test failed before waiting for it.
    deinit {
        if !hasEnded.value.withLock({ $0 }) { Self.kill(group: identifier) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Foundation starts every process as the leader of a group, to which the process's own
    /// children belong too.
    private static func kill(group: Int32) {
        if Foundation.kill(-group, SIGKILL) != 0 { Foundation.kill(group, SIGKILL) }
    }

    /// Waits until a condition that the program brings about holds.
    ///
    /// - Throws: ``NeverCame`` if the program ends first, or if its ``CommandRunner/timeout`` is
    ///   up.
    public func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() {
            if hasEnded.value.withLock({ $0 }) {
                if try await condition() { return }
                throw NeverCame(command: command, reason: "ended first")
            }
            guard ContinuousClock.now < start + timeout else {
                throw NeverCame(command: command, reason: "\(timeout) are up")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The standard output of the program so far.
    public var textSoFar: String {
        (try? String(contentsOf: folder.appendingPathComponent("stdout"), encoding: .utf8)) ?? ""
    }

    /// The standard error of the program so far.
    public var errorsSoFar: String {
        (try? String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)) ?? ""
    }

    /// Sends the program a signal.
    public func send(_ signal: Int32) { Foundation.kill(identifier, signal) }

    /// Waits for the program to end. May be called once.
    ///
    /// - Throws: ``TimedOut`` if the program had to be killed.
    public func result() async throws -> CommandResult {
        let (group, deadline) = (identifier, start + timeout)
        let watchdog = Task {
            try await Task.sleep(until: deadline)
            Self.kill(group: group)
        }
        defer { watchdog.cancel() }
        for await end in ends {
            let now = ContinuousClock.now
            guard now < deadline else { break }
            return CommandResult(
                status: end.status, signal: end.signal,
                output: try Data(contentsOf: folder.appendingPathComponent("stdout")),
                errors: String(
                    decoding: try Data(contentsOf: folder.appendingPathComponent("stderr")), as: UTF8.self),
                duration: now - start)
        }
        throw TimedOut(command: command, timeout: timeout)
    }

    /// Returns the bytes of standard output so far.
    public func outputSoFar() throws -> Data { try Data(contentsOf: folder.appendingPathComponent("stdout")) }
}
