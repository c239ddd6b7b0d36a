#if Emulator
import SeedreamModel
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Faults that replace, alter or cut off a response.
extension Responder {
    /// Returns the response of a fault that bypasses the provider; `nil` for other faults, and if
    /// the fault closed the connection.
    func shortCircuit(_ fault: Fault, _ server: any ProviderServer, _ wire: Wire) async throws
        -> EmulatedResponse?
    {
        switch fault {
        case .refuse(let seconds):
            await refuse(seconds)
            await wire.reset()
            return nil
        case .reset(.beforeHeaders):
            await wire.reset()
            return nil
        case .html(let status):
            let title = "\(status) \(Self.reason(status))"
            return .text(
                "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
                type: "text/html", status: status)
        case .status(let status, let retryAfter, accepted: false):
            return Self.withRetryAfter(server.failure(status: status), retryAfter)
        case .answer(let status, let headers, let body):
            return EmulatedResponse(
                status: status, headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                body: .bytes(Array(body.utf8)))
        default: return nil
        }
    }

    static func withRetryAfter(_ response: EmulatedResponse, _ text: String?) -> EmulatedResponse {
        guard let text else { return response }
        var response = response
        response.headers.removeAll { $0.name.lowercased() == "retry-after" }
        let value =
            text.hasPrefix(Fault.datePrefix)
            ? Timestamp.http(Date().timeIntervalSince1970 + (Fault.seconds(inDate: text) ?? 0))
            : text
        response.headers.append(("Retry-After", value))
        return response
    }

    /// Applies a fault to the provider's response.
    ///
    /// - Returns: Whether the response, or a part of it, has been written below HTTP and the
    ///   connection is closed.
    func apply(_ response: inout EmulatedResponse, isHead: Bool, _ fault: Fault, _ wire: Wire)
        async throws -> Bool
    {
        let body: [UInt8]
        switch response.body {
        case .bytes(let bytes): body = isHead ? [] : bytes
        case .events(let events):
            if let isCut = try await cut(events, of: response, fault, wire) { return isCut }
            body = []
        }
        func replace(_ name: String, _ value: String) {
            response.headers.removeAll { $0.name.lowercased() == name.lowercased() }
            response.headers.append((name, value))
        }
        func head(length: Int) -> [UInt8] { Self.head(response, framing: "Content-Length: \(length)") }
        switch fault {
        case .reset(.afterAccept):
            await wire.reset()
        case .reset(.inHeaders):
            let text = head(length: body.count)
            try await wire.write(Array(text.prefix(text.count / 2)))
            await wire.reset()
        case .reset(.inBody):
            try await wire.write(head(length: body.count) + body.prefix(body.count / 2))
            await wire.reset()
        case .truncate(let bytes):
            try await wire.write(head(length: body.count) + body.prefix(max(0, bytes)))
            await wire.close()
        case .contentLength(let offset):
            let bounded = min(max(offset, -Fault.maximumBytes), Fault.maximumBytes)
            try await wire.write(head(length: max(0, body.count + bounded)) + body)
            await wire.close()
        case .oversize(let bytes):
            let count = min(max(0, bytes), Fault.maximumBytes)
            response.body = .bytes(body + [UInt8](repeating: UInt8(ascii: " "), count: count))
            return false
        case .invalidJSON:
            response.body = .bytes(Array(body.prefix(max(1, body.count / 2))))
            return false
        case .contentType(let type):
            replace("Content-Type", type)
            return false
        case .notAnImage:
            response.body = .bytes(Array("<html><body>This is not an image.</body></html>".utf8))
            return false
        case .redirect(let location):
            response = .empty(status: 302)
            response.headers = [("Location", location)]
            return false
        default:
            return false
        }
        return true
    }

    /// Applies a fault that cuts a response to a stream of events.
    ///
    /// - Returns: As ``apply(_:isHead:_:_:)``; `nil` for a fault that does not depend on the body.
    private func cut(
        _ events: AsyncStream<String>, of response: EmulatedResponse, _ fault: Fault, _ wire: Wire
    ) async throws -> Bool? {
        let head = Self.head(response, framing: "Transfer-Encoding: chunked")
        func chunk(_ bytes: some Collection<UInt8>) -> [UInt8] {
            Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
        }
        switch fault {
        case .reset(.inHeaders):
            try await wire.write(Array(head.prefix(head.count / 2)))
            await wire.reset()
        case .reset(.inBody):
            // Cut in the middle of the first event.
            try await wire.write(head)
            for await event in events {
                let whole = chunk((event + "\n\n").utf8)
                try await wire.write(Array(whole.prefix(whole.count / 2)))
                break
            }
            await wire.reset()
        case .truncate(let bytes):
            try await wire.write(head)
            var left = max(0, bytes)
            var iterator = events.makeAsyncIterator()
            while left > 0, let event = await iterator.next() {
                let piece = Array((event + "\n\n").utf8.prefix(left))
                try await wire.write(chunk(piece))
                left -= piece.count
            }
            // Without the chunk that marks the end of the body.
            await wire.close()
        case .contentLength, .oversize, .invalidJSON: return false
        default: return nil
        }
        return true
    }

    /// Returns the head of a response as bytes on the wire.
    static func head(_ response: EmulatedResponse, framing: String) -> [UInt8] {
        let reason = Self.reason(response.status)
        let fields = response.headers.map { name, value in
            // The value may come from a client; a line break would start another field.
            "\(name): \(String(value.unicodeScalars.map { $0.value < 32 ? " " : Character($0) }))\r\n"
        }.joined()
        return Array(
            "HTTP/1.1 \(status(response.status).code) \(reason)\r\n\(fields)\(framing)\r\n\r\n"
                .utf8)
    }

    /// Returns the status of a code; 500 if the code is not a valid status.
    static func status(_ code: Int) -> HTTPResponse.Status {
        HTTPResponse.Status(code: (200...999).contains(code) ? code : 500)
    }

    /// Returns the reason phrase that the server writes, such as "Bad Gateway"; empty for an
    /// unknown status.
    static func reason(_ code: Int) -> String {
        HTTPResponseStatus(statusCode: status(code).code).reasonPhrase
    }
}
#endif
