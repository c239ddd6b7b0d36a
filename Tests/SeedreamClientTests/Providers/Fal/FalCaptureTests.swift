import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

/// Compares our requests with the official client's for the same calls. Methods, targets and header
/// fields (without the transport's own) must be the same, and bodies must be equal byte for byte.
@Suite("comparison with the official client", .enabled(if: FalCapture.isPresent, "\(FalCapture.absence)"))
struct FalCaptureTests {
    private let fal = FalSample.fal

    private func context(_ exchange: FalCapture.Exchange) -> RequestContext {
        RequestContext(endpoints: Endpoints(api: exchange.base))
    }

    /// Compares header fields, including the key.
    private func compare(_ fields: HTTPFields, isKeyed: Bool = true, _ exchange: FalCapture.Exchange) throws {
        var fields = fields
        if isKeyed {
            let key = try #require(exchange.key.flatMap { APIKey($0) })
            fal.authorize(&fields, with: key, in: context(exchange))
        }
        let ours = Dictionary(
            uniqueKeysWithValues: fields.map { ($0.name.rawName.lowercased(), $0.value) })
        #expect(ours == exchange.comparedHeaders, "\(exchange.scenario)")
    }

    private func compare(_ request: APIRequest?, _ exchange: FalCapture.Exchange) throws {
        let request = try #require(request)
        #expect(request.method.rawValue == exchange.method, "\(exchange.scenario)")
        #expect(request.url == "\(exchange.base)\(exchange.target)", "\(exchange.scenario)")
        try compare(request.fields, isKeyed: request.isKeyed, exchange)
    }

    /// Sets the options that a scenario passed to the client, in addition to the arguments common
    /// to all.
    private static func options(_ scenario: String, _ options: inout FalOptions) {
        switch scenario {
        case "A02":
            options.storesPayloads = false
            options.runnerHint = "lora-x"
            options.startTimeout = 30
        case "A03":
            options.priority = .low
            options.runnerHint = "abc"
            options.startTimeout = 25.5
            options.resultExpiry = 3600
        case "A14": options.startTimeout = 2
        default: break
        }
    }

    @Test("an edit is sent in the same words")
    func submissions() throws {
        var count = 0
        for exchange in FalCapture.exchanges
        where exchange.method == "POST" && exchange.body?["seed"] == 7
            && !exchange.target.hasSuffix("/stream")
        {
            let scenario = String(exchange.scenario.prefix(3))
            let prompt = try #require(exchange.body?["prompt"]?.string)
            let request = FalSample.request {
                $0.prompt = prompt
                $0.size = .pixels(PixelSize(width: 2048, height: 2048))
                $0.count = 2
                $0.safetyChecker = true
                $0.enhancement = .standard
                $0.seed = 7
                if scenario == "A03" { $0.webhook = "https://example.test/hook?a=1&b=2" }
                if scenario == "E01" || scenario == "E02" { $0.webhook = "http://127.0.0.1:37473/h" }
            }
            let draft = try FalSample.draft(request, in: context(exchange)) {
                $0.mode = exchange.role == "run" ? .run : .queue
                Self.options(scenario, &$0)
            }
            #expect(draft.url == "\(exchange.base)\(exchange.target)", "\(exchange.scenario)")
            #expect(FalSample.text(draft.body.body) == exchange.text, "\(exchange.scenario)")
            try compare(draft.fields, exchange)
            count += 1
        }
        #expect(count == 32)
    }

    @Test("text-to-image and workflows are sent in the same words, and a few more")
    func partialBodies() throws {
        for (scenario, mode) in [("A16", FalOptions.Mode.run), ("A18", .queue)] {
            let exchange = try #require(
                FalCapture.exchanges.first { $0.scenario.hasPrefix(scenario) && $0.method == "POST" })
            let request = FalSample.request(images: 0) {
                $0.prompt = "x"
                if scenario == "A16" { $0.delivery = .inline } else { $0.model = "workflows/me/flow/step" }
            }
            let draft = try FalSample.draft(request, in: context(exchange)) { $0.mode = mode }
            #expect(draft.url == "\(exchange.base)\(exchange.target)")
            try compare(draft.fields, exchange)
            let ours = try JSONValue(parsing: FalSample.text(draft.body.body).utf8)
            for (name, value) in try #require(exchange.body?.object) {
                #expect(ours[name] == value, "\(scenario) \(name)")
            }
            // Counts and size determine the price, so they are never left to the provider. A model
            // that is not in the table may lack the counts.
            let isListed = request.model == nil
            #expect(ours["image_size"] != nil)
            #expect((ours["num_images"] == 1) == isListed && (ours["max_images"] == 1) == isListed)
        }
    }

    @Test("jobs are polled at the same URLs")
    func jobs() throws {
        // Tickets from the captured replies to a submission; other jobs are only known by id.
        var tickets: [String: JobTicket] = [:]
        var count = 0
        for exchange in FalCapture.exchanges where exchange.role == "queue" {
            let context = context(exchange)
            if exchange.method == "POST" {
                guard exchange.status == 200 else { continue }
                let draft = RequestDraft(
                    model: String(exchange.target.drop { $0 == "/" }.prefix { $0 != "?" }),
                    entry: nil, operation: .fal(.submit), url: "", body: .object([]), outputs: 1...1)
                let reply = FalSample.reply(200, exchange.answer, exchange.answerHeaders)
                guard case .accepted(let ticket) = try fal.submitReply(reply, to: draft, in: context) else {
                    Issue.record("\(exchange.scenario): expected a ticket")
                    continue
                }
                #expect(ticket.statusURL != nil && ticket.responseURL != nil && ticket.cancelURL != nil)
                tickets[ticket.requestID] = ticket
                continue
            }
            let path = exchange.target.prefix { $0 != "?" }.split(separator: "/")
            let index = try #require(path.firstIndex(of: "requests"))
            let id = String(path[index + 1])
            let model = path[..<index].joined(separator: "/") + "/seedream/v4/edit"
            // The URLs from the queue and those made from the id are the same.
            for ticket in [tickets[id], JobTicket(requestID: id, model: model)].compactMap({ $0 }) {
                let request =
                    switch path.last {
                    case "status":
                        fal.statusRequest(
                            for: ticket, withLogs: exchange.target.hasSuffix("logs=true"), in: context)
                    case "cancel": fal.cancelRequest(for: ticket, in: context)
                    default: fal.resultRequest(for: ticket, in: context)
                    }
                try compare(request, exchange)
            }
            count += 1
        }
        #expect(count == 62)
    }

    @Test("the replies are read as the official client read them")
    func answers() throws {
        var seen: [String: Int] = [:]
        for exchange in FalCapture.exchanges
        where exchange.role == "queue" && exchange.method != "POST" && exchange.status > 0 {
            let reply = FalSample.reply(exchange.status, exchange.answer, exchange.answerHeaders)
            let word = try JSONValue(parsing: exchange.answer.utf8)["status"]?.string
            if exchange.method == "PUT" {
                let outcome = try fal.cancellation(in: reply)
                #expect(outcome == (exchange.status == 400 ? .alreadyCompleted : .requested))
                seen["cancel", default: 0] += 1
            } else if exchange.target.contains("/status"), exchange.status < 300 {
                switch (try fal.status(in: reply).phase, word) {
                case (.queued(position: 0), "IN_QUEUE"), (.running, "IN_PROGRESS"),
                    (.completed, "COMPLETED"), (.failed, "COMPLETED"), (.cancelled, "COMPLETED"):
                    seen["status", default: 0] += 1
                case (let phase, _): Issue.record("\(exchange.scenario): found \(phase)")
                }
            } else if exchange.status == 200 {
                let result = try fal.result(in: reply)
                let urls = try JSONValue(parsing: exchange.answer.utf8)["images"]?.array?.map {
                    $0["url"]?.string
                }
                #expect(
                    urls
                        == result.images.map { image in
                            if case .url(let url) = image.location { url } else { nil }
                        }, "\(exchange.scenario)")
                seen["result", default: 0] += 1
            } else {
                let error = #expect(throws: ClientError.self) { try fal.result(in: reply) }
                #expect(
                    error?.category
                        == [404: .notFound, 422: .moderation, 499: .cancelled][exchange.status],
                    "\(exchange.scenario)")
                seen["error", default: 0] += 1
            }
        }
        #expect(seen == ["status": 47, "result": 7, "cancel": 3, "error": 5])
    }

    @Test("an upload under a token is the same")
    func uploads() async throws {
        let exchanges = FalCapture.exchanges.filter { $0.scenario.hasPrefix("C") }
        let token = try #require(exchanges.first { $0.target.hasPrefix("/storage/auth/token") })
        for (scenario, name, type) in [("C01", "dog.png", MediaType.png), ("C02", "a.jpg", .jpeg)] {
            let upload = try #require(
                exchanges.first { $0.scenario.hasPrefix(scenario) && $0.target == "/files/upload" })
            var context = RequestContext(
                endpoints: Endpoints(
                    api: "https://run.test", rest: token.base, cdn: upload.base))
            context.options.fal.uploadsWithToken = true
            context.options.fal.uploadExpiry = nil
            let caller = ScriptedCaller([
                FalSample.reply(token.status, token.answer), FalSample.reply(upload.status, upload.answer),
            ])
            let url = try await fal.upload(
                FalSample.picture(mediaType: type), name: name, in: context, through: caller)
            #expect(url == (try JSONValue(parsing: upload.answer.utf8))["access_url"]?.string)
            #expect(caller.requests.count == 2)
            try compare(caller.requests[0], token)
            try compare(caller.requests[1], upload)
        }
        // The lifetimes are in the only capture without an access list that has them.
        let multipart = try #require(exchanges.first { $0.target == "/files/upload/multipart" })
        for name in ["x-fal-object-lifecycle", "x-fal-object-lifecycle-preference"] {
            #expect(multipart.comparedHeaders[name] == #"{"expiration_duration_seconds": 900}"#)
        }
    }
}
