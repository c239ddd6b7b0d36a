import SeedreamClient
import Synchronization

/// Gives the same reply to every call, and records the calls.
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
