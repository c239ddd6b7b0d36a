public import Foundation
import Synchronization

/// A program that was started.
public final class RunningCommand: Sendable {
    /// It did not end in time, and was killed.
    public struct TimedOut: Error, CustomStringConvertible {
        var command: [String]
        var timeout: Duration
        /// What was started, and how long it was let run.
        public var description: String {
            "killed after \(timeout): \(command.joined(separator: " ").prefix(500))"
        }
    }

    /// It ended, or its time was up, before what was waited for had come.
    public struct NeverCame: Error, CustomStringConvertible {
        var command: [String]
        var reason: String
        /// What was started, and why nothing more is waited for.
        public var description: String { "\(reason): \(command.joined(separator: " ").prefix(500))" }
    }

    /// The process.
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

    /// The threads of Swift concurrency block most signals, and what they start would do so as
    /// well.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// A program that its test has not waited for, as that has failed, is killed.
    deinit {
        if !hasEnded.value.withLock({ $0 }) { Self.kill(group: identifier) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Foundation starts every process as the leader of a group, which what it starts belongs to as
    /// well.
    private static func kill(group: Int32) {
        if Foundation.kill(-group, SIGKILL) != 0 { Foundation.kill(group, SIGKILL) }
    }

    /// Waits until a condition holds that the program brings about.
    ///
    /// - Throws: ``NeverCame`` if the program ends first, or its ``CommandRunner/timeout`` is up.
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

    /// What it has written on standard output so far.
    public var textSoFar: String {
        (try? String(contentsOf: folder.appendingPathComponent("stdout"), encoding: .utf8)) ?? ""
    }

    /// What it has written on standard error so far.
    public var errorsSoFar: String {
        (try? String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)) ?? ""
    }

    /// Sends it a signal.
    public func send(_ signal: Int32) { Foundation.kill(identifier, signal) }

    /// Waits for its end. To be called once.
    ///
    /// - Throws: ``TimedOut`` if it had to be killed.
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

    /// What it has written to standard output so far.
    public func outputSoFar() throws -> Data { try Data(contentsOf: folder.appendingPathComponent("stdout")) }
}
