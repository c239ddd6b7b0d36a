import Foundation
import TestSupport

/// A FIFO that a command reads as its standard input, and that never ends.
final class InputFIFO {
    /// The path of the FIFO.
    let path: String
    private let descriptor: Int32

    /// Creates the FIFO and writes one byte to it.
    init(_ path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        descriptor = open(path, O_RDWR | O_NONBLOCK)
        guard descriptor >= 0, write(descriptor, "x", 1) == 1 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit { close(descriptor) }

    /// Whether the command has read the byte, and so waits for the next one.
    private var isRead: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 0
    }

    /// Waits until `seedream`, not the shell that started it, waits for input and handles the
    /// signal.
    func waitUntilRead(by command: RunningCommand, handling signal: Int32) async throws {
        try await command.wait {
            #if os(Linux)
            let status = ProcessStatus(command.identifier)
            guard status?.isSleeping("seedream", handling: signal) == true else { return false }
            #endif
            return isRead
        }
    }
}
