import Foundation
import TestSupport
import Testing

/// The tool of the other suites, which must be able to fail.
@Suite("command runner")
struct CommandRunnerTests {
    @Test("a program that does not end is killed with all processes it started")
    func timeout() async throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.file("life"), 0o600) == 0)
        let life = open(folder.file("life"), O_RDONLY | O_NONBLOCK)
        defer { close(life) }
        // The child of the shell keeps the FIFO open as long as it lives.
        var runner = CommandRunner(
            "/bin/sh", "-c", "{ echo alive; sleep 600; } >\"$0\" & wait", folder.file("life"))
        var (text, piece) = ([UInt8](), [UInt8](repeating: 0, count: 100))
        // On a busy machine the shorter timeouts may be too short.
        for milliseconds in [300, 2000, 20_000] where text.isEmpty {
            runner.timeout = .milliseconds(milliseconds)
            await #expect(throws: RunningCommand.TimedOut.self) { try await runner.run([]) }
            try await eventually("all started processes have ended") {
                let count = read(life, &piece, piece.count)
                text += piece.prefix(max(count, 0))
                return count == 0
            }
        }
        #expect(String(decoding: text, as: UTF8.self).hasPrefix("alive\n"))
    }

    @Test("large output on both streams is kept, and blocks nothing")
    func streams() async throws {
        let million = "head -c 1000000 /dev/zero | tr '\\0'"
        let line = "\(million) e >&2; \(million) o; exit 7"
        let result = try await CommandRunner("/bin/sh", "-c", line).run([])
        #expect(result.status == 7)
        #expect(result.signal == nil)
        #expect(result.text == String(repeating: "o", count: 1_000_000))
        #expect(result.errors == String(repeating: "e", count: 1_000_000))
    }

    @Test("a signal is distinguished from an exit status")
    func signal() async throws {
        let killed = try await CommandRunner("/bin/sh", "-c", "kill -TERM $$").run([])
        #expect(killed.status == 143)
        #expect(killed.signal == 15)
        let exited = try await CommandRunner("/bin/sh", "-c", "exit 143").run([])
        #expect(exited.status == 143)
        #expect(exited.signal == nil)
    }
}
