#if Emulator
import SeedreamModel
import Cryptography
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// From a request on the wire to an answer on the wire: which host it is for, what strikes it, what
/// is logged.
struct Responder: Sendable {
    let bench: Workbench
    let hosts: [EmulatedProvider: any EmulatedHost]
    let faults: FaultPlan
    let control: Control
    /// Closes the port for so many seconds.
    let refuse: @Sendable (Double) async -> Void

    private struct BodyTooLarge: Error {}

    @concurrent func respond(
        to incoming: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let wire = Wire(channel: channel)
        let started = ContinuousClock.now
        let arrival = Arrival(incoming.head, isSecure: try await wire.isSecure)
        guard var request = arrival.request, let (host, provider) = self.host(of: request.service) else {
            if Self.waits(incoming) {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            let answer: EmulatedResponse
            do {
                let body = try await Self.collect(incoming.body, upTo: 1 << 20)
                answer = await control.response(
                    method: arrival.method, path: arrival.path, body: body, isLocal: arrival.isLocal)
            } catch is BodyTooLarge {
                answer = .text("the body is larger than 1 MiB\n", type: "text/plain", status: 413)
            }
            return try await write(answer, to: writer, method: arrival.method, channel)
        }
        let route = host.route(request)
        let operation = route?.operation ?? "\(provider.rawValue).unknown"
        let named = operation.split(separator: ".").first.flatMap { EmulatedProvider(rawValue: String($0)) }
        let number = await bench.log.add(
            arrival.record(provider: named ?? provider, operation: route?.operation))
        request.logNumber = number

        // What concerns the reading of the body is decided before there is one.
        let reading = await faults.strike(operation: operation, prompt: nil, isReading: true)
        await note(number, reading)
        if Self.waits(incoming) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        do {
            request.body = try await read(incoming.body, reading, wire)
        } catch is BodyTooLarge {
            await finish(number, status: 413, since: started)
            return try await write(host.failure(status: 413), to: writer, method: request.method, channel)
        }
        if reading.contains(.reset(.duringRequest)) {
            await wire.reset()
            return
        }
        let content = try? JSONValue(parsing: request.body)
        await logBody(number, request.body, content)

        let striking = await faults.strike(
            operation: operation, prompt: content.flatMap { host.prompt(in: $0) }, isReading: false)
        await note(number, striking)
        var main: Fault?
        for fault in striking {
            if case .delay(let seconds) = fault {
                try await Pause.sleep(seconds: seconds)
            } else if let fate = fault.fate {
                request.fate = fate
            } else {
                main = main ?? fault
            }
        }

        if let main, let answer = try await insteadOfHost(main, host, wire) {
            await finish(number, status: answer.status, since: started)
            return try await write(answer, to: writer, method: request.method, channel)
        } else if !channel.isActive {
            return
        }
        var response = await route?.handle(request) ?? host.notFound(request)
        let id = response.requestID
        await bench.log.update(number) { $0.requestID = id }
        if case .status(let status, let retryAfter, _) = main {
            response = Self.withRetryAfter(host.failure(status: status), retryAfter)
        }
        if let main, try await spoil(&response, isHead: request.method == "HEAD", main, wire) {
            await finish(number, status: nil, since: started)
            return
        }
        await finish(number, status: response.status, since: started)
        var speed: Int?
        if case .slowWrite(let bytes) = main { speed = max(1, bytes) }
        try await write(response, to: writer, method: request.method, channel, bytesPerSecond: speed)
    }

    private func host(of service: Service) -> (any EmulatedHost, EmulatedProvider)? {
        for provider in service.providers where bench.configuration.providers.contains(provider) {
            // fal's CDN is there for AIML too, whose results lie on it.
            let owner = service == .falCDN ? .fal : provider
            if let host = hosts[owner] { return (host, provider) }
        }
        return nil
    }

    // MARK: Reading

    /// Whether the client waits to be told to send the body.
    private static func waits(_ incoming: Request) -> Bool {
        incoming.headers[.expect]?.lowercased() == "100-continue"
    }

    private static func collect(_ body: RequestBody, upTo maximum: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in body {
            bytes.append(contentsOf: part.readableBytesView)
            if bytes.count > maximum { throw BodyTooLarge() }
        }
        return bytes
    }

    private func read(_ body: RequestBody, _ faults: [Fault], _ wire: Wire) async throws -> [UInt8] {
        var speed: Int?
        for case .slowRead(let bytes) in faults { speed = max(1, bytes) }
        let isReset = faults.contains(.reset(.duringRequest))
        guard speed != nil || isReset else {
            return try await Self.collect(body, upTo: bench.configuration.maximumBody)
        }
        var bytes: [UInt8] = []
        for try await part in body {
            bytes.append(contentsOf: part.readableBytesView)
            if isReset { return bytes }
            if bytes.count > bench.configuration.maximumBody { throw BodyTooLarge() }
            if let speed {
                try await Pause.sleep(seconds: Double(part.readableBytes) / Double(speed))
            }
        }
        return bytes
    }

    // MARK: Faults

    /// The answer of a fault that the host does not see; `nil` for other faults, and where the
    /// connection is gone.
    private func insteadOfHost(_ fault: Fault, _ host: any EmulatedHost, _ wire: Wire) async throws
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
            return Self.withRetryAfter(host.failure(status: status), retryAfter)
        case .answer(let status, let headers, let body):
            return EmulatedResponse(
                status: status, headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                body: .bytes(Array(body.utf8)))
        default: return nil
        }
    }

    private static func withRetryAfter(_ response: EmulatedResponse, _ text: String?) -> EmulatedResponse {
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

    /// Does to the host's answer what a fault says.
    ///
    /// - Returns: Whether the answer, or what is left of it, has been written past HTTP, and the
    ///   connection is gone.
    private func spoil(_ response: inout EmulatedResponse, isHead: Bool, _ fault: Fault, _ wire: Wire)
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
            let bounded = min(max(offset, -Fault.mostBytes), Fault.mostBytes)
            try await wire.write(head(length: max(0, body.count + bounded)) + body)
            await wire.close()
        case .oversize(let bytes):
            let count = min(max(0, bytes), Fault.mostBytes)
            response.body = .bytes(body + [UInt8](repeating: UInt8(ascii: " "), count: count))
            return false
        case .invalidJSON:
            response.body = .bytes(Array(body.prefix(max(1, body.count / 2))))
            return false
        case .contentType(let type):
            replace("Content-Type", type)
            return false
        case .notAnImage:
            response.body = .bytes(Array("<html><body>This is not the picture.</body></html>".utf8))
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

    /// Does to a stream of events what a fault that cuts says.
    ///
    /// - Returns: As ``spoil``; `nil` for a fault that does not depend on the body.
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
            // In the middle of the first event.
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
            // Without the chunk that ends a body.
            await wire.close()
        case .contentLength, .oversize, .invalidJSON: return false
        default: return nil
        }
        return true
    }

    /// The head of an answer as it stands on the wire.
    private static func head(_ response: EmulatedResponse, framing: String) -> [UInt8] {
        let reason = Self.reason(response.status)
        let fields = response.headers.map { name, value in
            // A value may come from a client; a line break would begin another field.
            "\(name): \(String(value.unicodeScalars.map { $0.value < 32 ? " " : Character($0) }))\r\n"
        }.joined()
        return Array(
            "HTTP/1.1 \(status(response.status).code) \(reason)\r\n\(fields)\(framing)\r\n\r\n"
                .utf8)
    }

    /// A status that an answer can have: 500 for what is none.
    private static func status(_ code: Int) -> HTTPResponse.Status {
        HTTPResponse.Status(code: (200...999).contains(code) ? code : 500)
    }

    /// "Bad Gateway", as the server itself writes it; empty for a status without a name.
    private static func reason(_ code: Int) -> String {
        HTTPResponseStatus(statusCode: status(code).code).reasonPhrase
    }

    // MARK: Writing

    @concurrent private func write(
        _ response: EmulatedResponse, to writer: consuming ResponseWriter, method: String,
        _ channel: any Channel, bytesPerSecond: Int? = nil
    ) async throws {
        var head = HTTPResponse(status: Self.status(response.status))
        for (name, value) in response.headers {
            guard let field = HTTPField.Name(name) else { continue }
            head.headerFields.append(HTTPField(name: field, value: value))
        }
        switch response.body {
        case .events(let events):
            var body: any ResponseBodyWriter = try await writer.writeHead(head)
            for await event in Self.events(events, while: channel) {
                for piece in Self.pieces(of: Array((event + "\n\n").utf8), bytesPerSecond) {
                    try await body.write(ByteBuffer(bytes: piece))
                    try await Self.pause(after: piece, bytesPerSecond)
                }
            }
            try await body.finish(nil)
        case .bytes(let bytes):
            head.headerFields[.contentLength] = "\(bytes.count)"
            guard method != "HEAD", !bytes.isEmpty else { return try await writer.writeResponse(head) }
            var body: any ResponseBodyWriter = try await writer.writeHead(head)
            for piece in Self.pieces(of: bytes, bytesPerSecond) {
                try await body.write(ByteBuffer(bytes: piece))
                try await Self.pause(after: piece, bytesPerSecond)
            }
            try await body.finish(nil)
        }
    }

    /// A body in one piece, or in such that ten a second are so many bytes.
    private static func pieces(of bytes: [UInt8], _ bytesPerSecond: Int?) -> [ArraySlice<UInt8>] {
        guard let bytesPerSecond else { return [bytes[...]] }
        let step = max(1, bytesPerSecond / 10)
        return stride(from: 0, to: bytes.count, by: step).map { start in
            bytes[start..<(bytes.count - start > step ? start + step : bytes.count)]
        }
    }

    private static func pause(after piece: ArraySlice<UInt8>, _ bytesPerSecond: Int?) async throws {
        guard let bytesPerSecond else { return }
        try await Pause.sleep(seconds: Double(piece.count) / Double(bytesPerSecond))
    }

    /// The same events, as long as there is someone to hear them: what makes them is cancelled when
    /// the connection is gone.
    private static func events(
        _ events: AsyncStream<String>, while channel: any Channel
    ) -> AsyncStream<String> {
        let (heard, continuation) = AsyncStream.makeStream(of: String.self)
        let relay = Task {
            for await event in events { continuation.yield(event) }
            continuation.finish()
        }
        continuation.onTermination = { _ in relay.cancel() }
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        return heard
    }

    // MARK: Logging

    private func note(_ number: Int, _ faults: [Fault]) async {
        guard !faults.isEmpty else { return }
        let words = faults.map(\.word)
        await bench.log.update(number) { $0.faults += words }
    }

    private func logBody(_ number: Int, _ bytes: [UInt8], _ content: JSONValue?) async {
        guard !bytes.isEmpty else { return }
        let digest = SHA256Digest(bytes).hexadecimal
        let count = bytes.count
        let shown = content.map(Self.withoutPayloads).flatMap { $0.bytes.count <= 65_536 ? $0 : nil }
        await bench.log.update(number) {
            $0.bodyBytes = count
            $0.bodySHA256 = digest
            $0.body = shown
        }
    }

    /// A value whose data URIs are cut.
    private static func withoutPayloads(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.hasPrefix("data:") && text.utf8.count > 64:
            .string("\(text.prefix(64))… \(text.utf8.count) characters")
        case .array(let elements): .array(elements.map(withoutPayloads))
        case .object(let members): .object(members.mapValues(withoutPayloads))
        default: value
        }
    }

    private func finish(_ number: Int, status: Int?, since started: ContinuousClock.Instant) async {
        let took = started.duration(to: .now) / .seconds(1)
        await bench.log.update(number) {
            $0.status = status
            $0.seconds = took
        }
    }
}
#endif
