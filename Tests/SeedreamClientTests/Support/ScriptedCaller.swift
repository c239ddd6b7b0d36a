import SeedreamClient
import Synchronization

/// Gives scripted replies to calls in turn, and records the calls.
final class ScriptedCaller: APICaller {
    private struct State {
        var answers: [Result<HTTPReply, ClientError>]
        var requests: [APIRequest] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Result<HTTPReply, ClientError>]) { state = Mutex(State(answers: answers)) }

    convenience init(_ replies: [HTTPReply]) { self.init(replies.map { .success($0) }) }

    /// The requests so far.
    var requests: [APIRequest] { state.withLock { $0.requests } }

    func call(_ request: APIRequest) async throws -> HTTPReply {
        let answer: Result<HTTPReply, ClientError>? = state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw FalTestFailure("expected no call, found \(request.operation)") }
        return try answer.get()
    }
}

/// The error of a helper that did not find an expected value.
struct FalTestFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
