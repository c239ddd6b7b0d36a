public import SeedreamModel

/// The system resource whose lack prevents a connection.
public struct ResourceError: ErrorWithRemedy, Hashable, Sendable {
    /// The message, on one line.
    public var message: String
    /// The action that resolves the error, on one line.
    public var remedy: Remedy

    /// Creates an error.
    public init(message: String, hint: String) {
        self.message = message
        remedy = Remedy(hint)
    }
}

extension ResourceError: CustomStringConvertible {
    /// The value of ``message``.
    public var description: String { message }
}

#if Client
import Platform
import NIOPosix
import Synchronization

/// The thread that serves all connections of this process.
///
/// SwiftNIO ends the process if it cannot create a thread or a descriptor for an event loop. Both
/// are therefore tried first. One loop serves all connections, since they wait for networks and not
/// for processors.
enum EventLoops {
    private static let running = Mutex<MultiThreadedEventLoopGroup?>(nil)
    /// The descriptors of a loop on Linux: epoll, an event and a timer.
    private static let descriptorsOfLoop = 3
    /// The additional descriptors of one request: a connection, three for name resolution, and
    /// those of a written file. Our choice.
    private static let descriptorsOfRequest = 8

    /// Returns the loop, and starts it if it is not running.
    static func start() throws(ResourceError) -> MultiThreadedEventLoopGroup {
        try running.withLock { group throws(ResourceError) in
            if let group { return group }
            try checkDescriptors()
            try checkThread()
            let made = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            group = made
            return made
        }
    }

    private static func checkDescriptors() throws(ResourceError) {
        let wanted = descriptorsOfLoop + descriptorsOfRequest
        let free = Descriptor.countFree(upTo: wanted)
        guard free < wanted else { return }
        throw ResourceError(
            message: "expected \(wanted) free file descriptors for a connection, found \(free) "
                + "(this process may have \(ThisProcess.openFileLimit(wanting: 0)))",
            hint: "raise the limit of open files, for example with `ulimit -n 256`")
    }

    private static func checkThread() throws(ResourceError) {
        #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { _ in nil }, nil)
        if code == 0, let thread { pthread_join(thread, nil) }
        #else
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { _ in nil }, nil)
        if code == 0 { pthread_join(thread, nil) }
        #endif
        guard code == 0 else {
            throw ResourceError(
                message: "expected a thread for connections, found none (error \(code))",
                hint: "raise the limits of processes and memory: `ulimit -u` and `ulimit -v` print them")
        }
    }
}
#endif
