#if Emulator
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One exchange as a plain socket sees it, byte by byte.
struct RawExchange: Sendable {
    /// All bytes up to the end.
    var received: [UInt8] = []
    /// How the connection ended.
    var end: End
    /// Seconds from the last byte sent to the end.
    var seconds: Double
    /// Seconds from the first byte sent to the last.
    var sendingSeconds: Double

    enum End: Hashable, Sendable {
        /// No server was listening.
        case refused
        /// RST.
        case reset
        /// FIN.
        case closed
        /// Still open when the time was up.
        case open
        case failed(Int32)
    }

    var text: String { String(decoding: received, as: UTF8.self) }
    /// The lines of the head, without the empty one.
    var head: [String] { text.components("\r\n\r\n").0.split(separator: "\r\n").map(String.init) }
    /// The text after the head.
    var body: String { text.components("\r\n\r\n").1 }

    func header(_ name: String) -> String? {
        head.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
            String($0.dropFirst(name.count + 2))
        }
    }

    /// Sends bytes to a port of 127.0.0.1 and reads until the end or until the time is up.
    static func make(port: Int, _ request: String, waiting seconds: Double = 120) async -> RawExchange {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: blocking(port, Array(request.utf8), seconds))
            }
        }
    }

    private static func blocking(_ port: Int, _ request: [UInt8], _ seconds: Double) -> RawExchange {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        func outcome(_ code: Int32) -> End {
            switch code {
            case ECONNREFUSED: .refused
            case ECONNRESET, EPIPE: .reset
            case EAGAIN: .open
            default: .failed(code)
            }
        }
        guard connected == 0 else {
            return RawExchange(end: outcome(errno), seconds: 0, sendingSeconds: 0)
        }
        var limit = timeval(tv_sec: Int(seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        #if canImport(Darwin)
        let flags: Int32 = 0
        var isSilent: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isSilent, socklen_t(MemoryLayout<Int32>.size))
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        // A small buffer makes a peer that reads slowly block the sender.
        var small: Int32 = 4096
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        let clock = ContinuousClock()
        let began = clock.now
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, request.count - sent, flags)
            }
            if count < 0 { break }
            sent += count
        }
        let isSent = clock.now
        var exchange = RawExchange(
            end: .open, seconds: 0, sendingSeconds: began.duration(to: isSent) / .seconds(1))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                exchange.received += buffer[..<count]
                // Still open while bytes keep coming slowly.
                if isSent.duration(to: clock.now) > .seconds(seconds) { break }
            } else {
                exchange.end = count == 0 ? .closed : outcome(errno)
                break
            }
        }
        exchange.seconds = isSent.duration(to: clock.now) / .seconds(1)
        return exchange
    }
}

extension String {
    /// Returns the text before and after the first occurrence.
    fileprivate func components(_ separator: String) -> (String, String) {
        guard let range = firstRange(of: separator) else { return (self, "") }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
#endif
