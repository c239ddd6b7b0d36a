import SeedreamClient
import Synchronization

/// Answers every call alike, and keeps what was sent.
final class RecordingCaller: APICaller {
    private let reply: HTTPReply
    private let calls = Mutex<[APIRequest]>([])

    init(_ reply: HTTPReply) { self.reply = reply }

    var requests: [APIRequest] { calls.withLock { $0 } }

    func call(_ request: APIRequest) async throws -> HTTPReply {
        calls.withLock { $0.append(request) }
        return reply
    }
}
