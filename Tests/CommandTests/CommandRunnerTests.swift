import TestSupport
import Testing

/// The tool of the other suites, which must be able to fail.
@Suite("command runner")
struct CommandRunnerTests {
    @Test("a program that does not end is killed with all that it started")
    func timeout() async throws {
        let folder = try TemporaryFolder()
        var runner = CommandRunner("/bin/sh", "-c", "{ sleep 3; : >\"$0\"; } & wait", folder.file("late"))
        runner.timeout = .milliseconds(300)
        await #expect(throws: RunningCommand.TimedOut.self) { try await runner.run([]) }
        try await Task.sleep(for: .seconds(3.5))
        #expect(try folder.names() == [])
    }

    @Test("much on both streams is kept, and makes nothing wait")
    func streams() async throws {
        let million = "head -c 1000000 /dev/zero | tr '\\0'"
        let line = "\(million) e >&2; \(million) o; exit 7"
        let result = try await CommandRunner("/bin/sh", "-c", line).run([])
        #expect(result.status == 7)
        #expect(result.signal == nil)
        #expect(result.text == String(repeating: "o", count: 1_000_000))
        #expect(result.errors == String(repeating: "e", count: 1_000_000))
    }

    @Test("a signal is told from an exit status")
    func signal() async throws {
        let killed = try await CommandRunner("/bin/sh", "-c", "kill -TERM $$").run([])
        #expect(killed.status == 143)
        #expect(killed.signal == 15)
        let exited = try await CommandRunner("/bin/sh", "-c", "exit 143").run([])
        #expect(exited.status == 143)
        #expect(exited.signal == nil)
    }
}
