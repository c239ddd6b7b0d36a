import HTTPTypes
import SeedreamClient
import Synchronization

/// Gives scripted replies to requests in turn, repeats the last one, and records the requests.
final class ScriptedTransport: HTTPTransport {
    /// A scripted reply.
    enum Answer: Sendable {
        case reply(Int, [String])
        case failure(TransportError)
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

    /// The requests so far.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func send(_ request: OutgoingRequest) async throws -> IncomingReply {
        let answer = state.withLock { state in
            state.requests.append(request.head)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
        }
        // Lets other tasks run meanwhile, as a network does.
        for _ in 0..<5 { await Task.yield() }
        switch answer {
        case .failure(let error): throw error
        case .reply(let status, let pieces):
            let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
            for piece in pieces { continuation.yield(Array(piece.utf8)) }
            continuation.finish()
            return IncomingReply(
                head: HTTPResponse(status: .init(code: status)), body: ReplyBody(stream))
        }
    }
}
