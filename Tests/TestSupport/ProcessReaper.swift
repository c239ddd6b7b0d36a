import Foundation
import Synchronization

/// Kills the processes that tests started and did not end when the process of the tests ends, even
/// by a signal that it cannot handle.
///
/// A shell reads the process groups from a pipe, whose other end closes when this process ends.
final class ProcessReaper: Sendable {
    static let shared = ProcessReaper()

    private let pipe = Mutex<FileHandle?>(nil)

    private init() {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c",
            """
            groups=' '
            while read -r word group; do
                case $word in
                    start) groups="$groups$group " ;;
                    end) groups="${groups%% $group *} ${groups#* $group }" ;;
                esac
            done
            for group in $groups; do kill -KILL "-$group" 2>/dev/null || kill -KILL "$group" 2>/dev/null; done
            """,
        ]
        let (input, null) = (Pipe(), FileHandle.nullDevice)
        shell.standardInput = input
        shell.standardOutput = null
        shell.standardError = null
        guard (try? shell.run()) != nil else { return }
        let writing = input.fileHandleForWriting
        // Child processes of the tests must not keep the pipe open.
        _ = fcntl(writing.fileDescriptor, F_SETFD, FD_CLOEXEC)
        pipe.withLock { $0 = writing }
    }

    /// Adds a process that leads a group.
    func started(_ group: Int32) { note("start \(group)\n") }

    /// Removes a process that has ended.
    func ended(_ group: Int32) { note("end \(group)\n") }

    private func note(_ line: String) {
        pipe.withLock { try? $0?.write(contentsOf: Data(line.utf8)) }
    }
}
