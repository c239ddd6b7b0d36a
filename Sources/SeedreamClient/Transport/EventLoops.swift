public import SeedreamModel

/// What the system has too little of for a connection to be made at all.
public struct ResourceError: ErrorWithRemedy, Hashable, Sendable {
    /// One line.
    public var message: String
    /// What to do, one line.
    public var remedy: Remedy

    /// Makes an error.
    public init(message: String, hint: String) {
        self.message = message
        remedy = Remedy(hint)
    }
}

extension ResourceError: CustomStringConvertible {
    /// ``message``.
    public var description: String { message }
}

#if Client
import Platform
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The thread that serves all connections of this process.
///
/// SwiftNIO ends the process where a thread, or a descriptor of an event loop, cannot be had. So
/// both are tried before, by our own means, and one loop serves everybody: connections wait for
/// networks, not for processors.
enum EventLoops {
    private static let running = Mutex<MultiThreadedEventLoopGroup?>(nil)
    /// Descriptors of a loop on Linux: epoll, an event and a timer.
    private static let descriptorsOfLoop = 3
    /// Descriptors of one request beside those: a connection, three of a name's resolution, and
    /// those of a file that is written. Our number.
    private static let descriptorsOfRequest = 8

    /// The loop; starts it if it does not run yet.
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
