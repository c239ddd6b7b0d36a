import Foundation
import HTTPTypes
import Logging
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// A provider in this process that replies to every operation as documented; a test changes one of
/// its replies.
struct ReplyBench {
    /// An operation of the provider.
    enum Step: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case initiate, put, submit, status, result, cancel, download
        var testDescription: String { rawValue }
    }

    /// A reply before it is sent.
    struct Reply: Sendable {
        var status = 200
        var fields: HTTPFields = [.contentType: "application/json"]
        var body: [UInt8]

        init(_ json: JSONValue, status: Int = 200) {
            body = json.bytes
            self.status = status
        }

        init(bytes: [UInt8], type: String) {
            body = bytes
            fields = [.contentType: type]
        }

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? nil }
    }

    static let base = "http://127.0.0.1:9"
    static let png = (try? Fixtures.bytes("png/rgba-8.png")) ?? []

    let provider: ProviderID
    let folder: TemporaryFolder
    let ledger = MemoryLedger()
    let transport: FakeTransport
    let log = LogRecorder()
    let key: String

    /// - Parameter change: Changes the reply to a step. Returns the pieces to send, or `nil` to
    ///   send the body as one piece.
    init(
        _ provider: ProviderID, key: String = "test-id:test-secret",
        _ change: @escaping @Sendable (Step, inout Reply) -> [[UInt8]]? = { _, _ in nil }
    ) throws {
        self.provider = provider
        self.key = key
        folder = try TemporaryFolder()
        transport = FakeTransport { request, _ in
            let (step, plain) = Self.answer(to: request.head, provider)
            var reply = plain
            let pieces = change(step, &reply)
            return IncomingReply(reply.status, reply.fields, pieces: pieces ?? [reply.body])
        }
    }

    /// Returns the steps of a provider.
    static func steps(of provider: ProviderID) -> [Step] {
        switch provider {
        case .fal: Step.allCases
        case .apiframe: [.put, .submit, .status, .download]
        case .aiml, .onerouter, .ark: [.submit, .download]
        }
    }

    private static func answer(to head: HTTPRequest, _ provider: ProviderID) -> (Step, Reply) {
        let path = head.path ?? ""
        let image: JSONValue = [
            "url": .string("\(base)/cdn/a.png"), "content_type": "image/png", "width": 32, "height": 24,
        ]
        if path.hasPrefix("/cdn/") { return (.download, Reply(bytes: png, type: "image/png")) }
        if path.hasPrefix("/old") { return (.download, Reply(["detail": "expired"], status: 403)) }
        switch (provider, path) {
        case (.fal, _) where path.contains("/initiate"):
            return (
                .initiate,
                Reply(["upload_url": .string("\(base)/put"), "file_url": .string("\(base)/file.png")])
            )
        case (.fal, "/put"): return (.put, Reply([:]))
        case (.fal, _) where head.method == .post:
            let root = "\(base)/fal/queue/fal-ai/bytedance/requests/r-1"
            return (
                .submit,
                Reply([
                    "status": "IN_QUEUE", "request_id": "r-1", "response_url": .string(root),
                    "queue_position": 0,
                    "status_url": .string("\(root)/status"), "cancel_url": .string("\(root)/cancel"),
                ])
            )
        case (.fal, _) where head.method == .put:
            return (.cancel, Reply(["status": "CANCELLATION_REQUESTED"], status: 202))
        case (.fal, _) where path.contains("/status"):
            return (
                .status,
                Reply([
                    "status": "COMPLETED", "request_id": "r-1",
                    "logs": [["message": "done", "level": "INFO"]], "metrics": ["inference_time": 3.7],
                ])
            )
        case (.fal, _): return (.result, Reply(["images": [image], "seed": 7]))
        case (.apiframe, _) where path.hasSuffix("/uploads"):
            return (.put, Reply(["url": .string("\(base)/file.png")], status: 201))
        case (.apiframe, _) where head.method == .post:
            return (.submit, Reply(["jobId": "r-1", "status": "QUEUED"], status: 202))
        case (.apiframe, _):
            return (
                .status,
                Reply([
                    "id": "r-1", "status": "COMPLETED", "progress": 100,
                    "result": ["images": [.string("\(base)/cdn/a.png")]], "creditCost": 3,
                ])
            )
        case (.aiml, _):
            return (
                .submit,
                Reply([
                    "created": 1, "data": [image], "images": [image], "meta": ["usage": ["credits_used": 7]],
                ])
            )
        case (.onerouter, _): return (.submit, Reply(["created": 1, "data": [image]]))
        case (.ark, _):
            return (
                .submit,
                Reply([
                    "model": "seedream", "created": 1,
                    "data": [["url": .string("\(base)/cdn/a.png"), "size": "32x24"]],
                    "usage": ["generated_images": 1, "total_tokens": 10],
                ])
            )
        }
    }

    func client(_ change: (inout ClientConfiguration) -> Void = { _ in }) throws -> SeedreamClient {
        var configuration = ClientConfiguration()
        configuration.baseURL = "\(Self.base)/\(provider.rawValue)"
        configuration.pollInterval = 0.001...0.001
        configuration.retry.base = 0.001
        configuration.retry.throttledBase = 0.001
        configuration.retry.attempts = 3
        configuration.jobTimeout = 600
        configuration.spoolFolder = folder.file("spool")
        configuration.imageTransport = [.fal, .apiframe].contains(provider) ? .upload : .automatic
        configuration.logger = log.logger
        configuration.logger.logLevel = .trace
        change(&configuration)
        guard let key = APIKey(key) else { throw FalTestFailure("no key") }
        return SeedreamClient(
            provider, keys: .value(key), configuration: configuration, ledger: ledger, transport: transport,
            verifier: SavingBench.verifier)
    }

    /// Runs one edit and returns its job.
    func edit() async throws -> JobRecord {
        try await client().run(
            FalSample.request(), to: Destination(folder: folder.file("out"), template: "{request}-{index}"))
    }

    /// Returns the bytes of the saved images.
    func saved() throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: folder.file("out")) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
            .filter { !$0.hasSuffix(".json") }
            .map { Array(FileManager.default.contents(atPath: folder.file("out/\($0)")) ?? Data()) }
    }
}
