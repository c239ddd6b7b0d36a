import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on 127.0.0.1 that sends exactly the bytes a test gives; it has a thread for each
/// connection.
final class RawServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)

    /// - Parameter handle: Called with each connection and its number, from 0. The connection is
    ///   closed when it returns.
    init(_ handle: @escaping @Sendable (RawPeer, Int) -> Void) throws {
        (listener, port) = try Self.bound()
        guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
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
            close(listener)
        }.start()
    }

    /// The number of connections so far.
    var connections: Int { accepted.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Closes the port. Only the accepting thread closes the descriptor, so that it cannot accept
    /// on a reused one.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Returns a port that nothing listens on, and that no other process gets.
    static func closedPort() throws -> Int { try bound().port }

    /// Returns a bound socket that does not listen yet.
    private static func bound() throws -> (descriptor: Int32, port: Int) {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
