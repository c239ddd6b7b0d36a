#if Emulator
import Foundation
import Synchronization
import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on 127.0.0.1 that collects the requests posted to it.
final class WebhookReceiver: Sendable {
    /// A received request.
    struct Delivery: Sendable {
        var path: String
        var headers: [String: String]
        var body: [UInt8]
    }

    /// The URL to post to; it has a query, so that URL encoding matters.
    let url: String
    private let listener: Int32
    private let deliveries = Mutex<[Delivery]>([])

    /// - Parameter statuses: The statuses of the first replies; the last one also applies to all
    ///   later requests.
    init(statuses: [Int] = [200]) throws {
        #if canImport(Darwin)
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isOpen else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/hook?a=1&b=2"
        Thread { [self] in
            var count = 0
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                if let delivery = Self.read(connection) {
                    deliveries.withLock { $0.append(delivery) }
                    let status = statuses[min(count, statuses.count - 1)]
                    count += 1
                    let answer =
                        "HTTP/1.1 \(status) Answer\r\nContent-Length: 0\r\nLocation: \(url)\r\nConnection: close\r\n\r\n"
                    _ = answer.utf8CString.withUnsafeBytes {
                        send(connection, $0.baseAddress, $0.count - 1, 0)
                    }
                }
                close(connection)
            }
        }.start()
    }

    /// Closes the port.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The deliveries so far.
    var received: [Delivery] { deliveries.withLock { $0 } }

    /// Waits for this number of requests, and returns all of them.
    func wait(for count: Int) async throws -> [Delivery] {
        try await eventually("\(count) webhooks come", within: .seconds(300)) { received.count >= count }
        return received
    }

    private static func read(_ connection: Int32) -> Delivery? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let sides = line.split(separator: ":", maxSplits: 1)
                    headers[sides[0].lowercased()] = sides.last?.trimmingCharacters(in: .whitespaces)
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                if bytes.count - end.upperBound >= length {
                    return Delivery(
                        path: String(lines.first?.split(separator: " ").dropFirst().first ?? ""),
                        headers: headers, body: Array(bytes[end.upperBound...].prefix(length)))
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}
#endif
