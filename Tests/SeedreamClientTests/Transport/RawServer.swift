import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on 127.0.0.1 that does byte for byte what a test tells it to; a thread for each connection.
final class RawServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)
    private let isOpen = Mutex(true)

    /// - Parameter handle: Gets each connection and its number, from 0. The connection is closed when it returns.
    init(_ handle: @escaping @Sendable (RawPeer, Int) -> Void) throws {
        #if canImport(Glibc)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isOpen else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                let number = accepted.withLock { count in
                    count += 1
                    return count - 1
                }
                Thread {
                    let peer = RawPeer(descriptor: connection)
                    handle(peer, number)
                    peer.end()
                }.start()
            }
        }.start()
    }

    deinit { stop() }

    /// How many connections were made.
    var connections: Int { accepted.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Closes the port.
    func stop() {
        // Once: the number may be another's by now.
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// A port that nothing listens on.
    static func closedPort() throws -> Int {
        let server = try RawServer { _, _ in }
        server.stop()
        return server.port
    }
}
