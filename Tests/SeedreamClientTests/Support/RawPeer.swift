import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server's end of a connection.
final class RawPeer: Sendable {
    /// A request as received.
    struct Request {
        var line: String
        /// The header fields; names in lower case.
        var fields: [String: String]
        var body: [UInt8]
    }

    private let descriptor: Int32
    private let isOpen = Mutex(true)

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Sends bytes, and waits as long as it takes.
    func send(_ bytes: [UInt8]) {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends a whole reply.
    func reply(_ status: Int = 200, _ fields: [(String, String)] = [], body: [UInt8] = []) {
        let lines = fields.map { "\($0): \($1)\r\n" }.joined()
        send("HTTP/1.1 \(status) Status\r\nContent-Length: \(body.count)\r\n\(lines)\r\n")
        send(body)
    }

    /// Returns the next bytes; empty at the end.
    func read(_ most: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &buffer, most, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Returns the head of a request, and the bytes after it.
    func readHead() -> Request? {
        var bytes: [UInt8] = []
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                var fields: [String: String] = [:]
                for line in lines.dropFirst() {
                    let sides = line.split(separator: ":", maxSplits: 1)
                    fields[sides[0].lowercased()] =
                        sides.count > 1 ? String(sides[1].drop(while: \.isWhitespace)) : ""
                }
                return Request(
                    line: String(lines.first ?? ""), fields: fields, body: Array(bytes[end.upperBound...]))
            }
            let more = read()
            if more.isEmpty { return nil }
            bytes += more
        }
    }

    /// Returns a request with its body.
    func readRequest() -> Request? {
        guard var request = readHead() else { return nil }
        let length = request.fields["content-length"].flatMap { Int($0) } ?? 0
        while request.body.count < length {
            let more = read()
            if more.isEmpty { return nil }
            request.body += more
        }
        return request
    }

    /// Waits until the other side has closed the connection.
    func waitForEnd() { while !read().isEmpty {} }

    /// Resets the connection (RST).
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        end()
    }

    /// Closes the connection (FIN).
    func end() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { close(descriptor) }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int
{
    send(descriptor, bytes, count, flags)
}
