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

/// Handles each request: finds the provider, applies faults, writes the response and keeps the log.
struct Responder: Sendable {
    let state: EmulatorState
    let servers: [EmulatedProvider: any ProviderServer]
    let faults: FaultPlan
    let control: Control
    /// Closes the port for a number of seconds.
    let refuse: @Sendable (Double) async -> Void

    private struct BodyTooLarge: Error {}

    @concurrent func respond(
        to incoming: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let wire = Wire(channel: channel)
        let started = ContinuousClock.now
        let parsed = ParsedRequest(incoming.head, isSecure: try await wire.isSecure)
        guard var request = parsed.request, let (server, provider) = self.server(of: request.service) else {
            if Self.waits(incoming) {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            let answer: EmulatedResponse
            do {
                let body = try await Self.collect(incoming.body, upTo: 1 << 20)
                answer = await control.response(
                    method: parsed.method, path: parsed.path, body: body, isLocal: parsed.isLocal)
            } catch is BodyTooLarge {
                answer = .text("the body is larger than 1 MiB\n", type: "text/plain", status: 413)
            }
            return try await write(answer, to: writer, method: parsed.method, channel)
        }
        let route = server.route(request)
        let operation = route?.operation ?? "\(provider.rawValue).unknown"
        let named = operation.split(separator: ".").first.flatMap { EmulatedProvider(rawValue: String($0)) }
        let number = await state.log.add(
            parsed.record(provider: named ?? provider, operation: route?.operation))
        request.logNumber = number

        // Faults that affect reading must be chosen before the body is known.
        let reading = await faults.strike(operation: operation, prompt: nil, isReading: true)
        await note(number, reading)
        if Self.waits(incoming) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        do {
            request.body = try await read(incoming.body, reading, wire)
        } catch is BodyTooLarge {
            await finish(number, status: 413, since: started)
            return try await write(server.failure(status: 413), to: writer, method: request.method, channel)
        }
        if reading.contains(.reset(.duringRequest)) {
            await wire.reset()
            return
        }
        let content = try? JSONValue(parsing: request.body)
        await logBody(number, request.body, content)

        let striking = await faults.strike(
            operation: operation, prompt: content.flatMap { server.prompt(in: $0) }, isReading: false)
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

        if let main, let answer = try await shortCircuit(main, server, wire) {
            await finish(number, status: answer.status, since: started)
            return try await write(answer, to: writer, method: request.method, channel)
        } else if !channel.isActive {
            return
        }
        var response = await route?.handle(request) ?? server.notFound(request)
        let id = response.requestID
        await state.log.update(number) { $0.requestID = id }
        if case .status(let status, let retryAfter, _) = main {
            response = Self.withRetryAfter(server.failure(status: status), retryAfter)
        }
        if let main, try await apply(&response, isHead: request.method == "HEAD", main, wire) {
            await finish(number, status: nil, since: started)
            return
        }
        await finish(number, status: response.status, since: started)
        var speed: Int?
        if case .slowWrite(let bytes) = main { speed = max(1, bytes) }
        try await write(response, to: writer, method: request.method, channel, bytesPerSecond: speed)
    }

    private func server(of service: Service) -> (any ProviderServer, EmulatedProvider)? {
        for provider in service.providers where state.configuration.providers.contains(provider) {
            // AIML serves its results from fal's CDN, so the CDN is available for AIML too.
            let owner = service == .falCDN ? .fal : provider
            if let server = servers[owner] { return (server, provider) }
        }
        return nil
    }

    // MARK: Reading

    /// Returns whether the client waits for permission to send the body.
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
            return try await Self.collect(body, upTo: state.configuration.maximumBody)
        }
        var bytes: [UInt8] = []
        for try await part in body {
            bytes.append(contentsOf: part.readableBytesView)
            if isReset { return bytes }
            if bytes.count > state.configuration.maximumBody { throw BodyTooLarge() }
            if let speed {
                try await Pause.sleep(seconds: Double(part.readableBytes) / Double(speed))
            }
        }
        return bytes
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

    /// Returns the body in one piece, or in pieces that take a tenth of a second each at the given
    /// speed.
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

    /// Returns the same events until the connection closes, which cancels their source.
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
        await state.log.update(number) { $0.faults += words }
    }

    private func logBody(_ number: Int, _ bytes: [UInt8], _ content: JSONValue?) async {
        guard !bytes.isEmpty else { return }
        let digest = SHA256Digest(bytes).hexadecimal
        let count = bytes.count
        let shown = content.map(Self.withoutPayloads).flatMap { $0.bytes.count <= 65_536 ? $0 : nil }
        await state.log.update(number) {
            $0.bodyBytes = count
            $0.bodySHA256 = digest
            $0.body = shown
        }
    }

    /// Returns the value with its data URIs cut to 64 characters.
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
        await state.log.update(number) {
            $0.status = status
            $0.seconds = took
        }
    }
}
#endif
