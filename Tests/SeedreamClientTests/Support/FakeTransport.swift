import HTTPTypes
import SeedreamClient

/// A transport that replies by a closure and records the requests.
struct FakeTransport: HTTPTransport {
    let requests = Recorder<OutgoingRequest>()
    let answer: @Sendable (OutgoingRequest, Int) async throws -> IncomingReply

    init(_ answer: @escaping @Sendable (OutgoingRequest, Int) async throws -> IncomingReply) {
        self.answer = answer
    }

    func send(_ request: OutgoingRequest) async throws -> IncomingReply {
        let number = requests.all.count
        requests.append(request)
        return try await answer(request, number)
    }
}

extension IncomingReply {
    /// A reply that is already complete.
    init(_ status: Int, _ fields: HTTPFields = [:], pieces: [[UInt8]] = [], failing error: (any Error)? = nil)
    {
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish(throwing: error)
        }
        self.init(
            head: HTTPResponse(status: .init(code: status), headerFields: fields), body: ReplyBody(stream))
    }

    init(_ status: Int, _ fields: HTTPFields, _ text: String) {
        self.init(status, fields, pieces: [Array(text.utf8)])
    }

    init(_ status: Int, _ text: String) { self.init(status, [:], text) }
}

extension OutgoingRequest {
    /// A request for a URL.
    init(_ method: HTTPRequest.Method = .get, _ url: String, _ bytes: [UInt8] = []) {
        let parts = URLParts(url)
        self.init(
            head: HTTPRequest(
                method: method, scheme: parts?.scheme, authority: parts?.authority, path: parts?.path),
            body: RequestBody(bytes: bytes), readTimeout: 5, writeTimeout: 5)
    }
}

extension ReplyBody {
    /// Returns all bytes.
    func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self { bytes += piece }
        return bytes
    }
}
