import SeedreamClient
import SeedreamModel
import Testing

@Suite("fal's errors")
struct FalFailureTests {
    /// A reply and the error that it stands for.
    struct Row: Sendable, CustomTestStringConvertible {
        var operation: APIOperation
        var status: Int
        var body: String
        var fields: [String: String] = [:]
        var category: ClientError.Category
        var purchase: ClientError.Purchase
        var isRetryable = false
        var code: String?
        var field: String?
        var message: String?

        var testDescription: String { "\(operation) \(status) \(code ?? "") \(body.prefix(40))" }
    }

    private static func model(_ type: String, _ location: String = #"["body","image_urls",0]"#) -> String {
        #"{"detail":[{"loc":\#(location),"msg":"It is so","type":"\#(type)","url":"https://docs.fal.ai/errors#\#(type)","input":"x"}]}"#
    }

    private static func request(_ type: String) -> String {
        #"{"detail":"It is so","error_type":"\#(type)"}"#
    }

    private static let page =
        "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"

    private static func unprocessable(_ type: String, _ category: ClientError.Category) -> Row {
        Row(
            // Images that were made and then refused may be billed.
            operation: .fal(.run), status: 422, body: model(type), category: category,
            purchase: category == .moderation ? .taken : .notTaken, code: type, field: "body.image_urls.0",
            message: "It is so")
    }

    /// Errors of the model, from the table in section 2.10.
    static let modelRows: [Row] =
        [
            unprocessable("content_policy_violation", .moderation),
            unprocessable("no_media_generated", .moderation),
        ]
        + [
            "image_too_small", "image_too_large", "image_load_error", "file_download_error",
            "face_detection_error", "file_too_large", "unsupported_image_format", "greater_than",
            "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "sequence_too_short",
            "sequence_too_long", "one_of", "feature_not_supported", "missing", "string_type",
            "never_heard_of",
        ].map { unprocessable($0, .validation) }
        + [
            Row(
                operation: .fal(.run), status: 500, body: model("internal_server_error", #"["body"]"#),
                category: .provider, purchase: .notTaken, code: "internal_server_error", field: "body"),
            Row(
                operation: .fal(.run), status: 504, body: model("generation_timeout", "[]"),
                category: .timeout,
                purchase: .notTaken, code: "generation_timeout"),
            Row(
                operation: .fal(.run), status: 400, body: model("downstream_service_error"),
                category: .provider,
                purchase: .notTaken, code: "downstream_service_error", field: "body.image_urls.0"),
            Row(
                operation: .fal(.run), status: 500, body: model("downstream_service_error"),
                category: .provider,
                purchase: .notTaken, code: "downstream_service_error", field: "body.image_urls.0"),
            Row(
                operation: .fal(.run), status: 500, body: model("downstream_service_unavailable"),
                fields: ["X-Fal-Needs-Retry": "1"], category: .provider, purchase: .notTaken,
                isRetryable: true,
                code: "downstream_service_unavailable", field: "body.image_urls.0"),
        ]

    /// Errors of the infrastructure, from the table in section 2.10.
    static let requestRows: [Row] =
        [
            (504, "request_timeout", ClientError.Category.timeout), (504, "startup_timeout", .timeout),
            (503, "runner_scheduling_failure", .provider), (503, "runner_connection_timeout", .timeout),
            (503, "runner_disconnected", .provider), (503, "runner_connection_refused", .provider),
            (503, "runner_connection_error", .provider), (502, "runner_incomplete_response", .provider),
            (500, "runner_server_error", .provider), (500, "internal_error", .provider),
        ].map { status, type, category in
            Row(
                operation: .fal(.run), status: status, body: request(type), category: category,
                purchase: .notTaken, isRetryable: true, code: type, message: "It is so")
        }
        + [
            Row(
                operation: .fal(.run), status: 400, body: request("bad_request"), category: .validation,
                purchase: .notTaken, code: "bad_request"),
            Row(
                operation: .fal(.run), status: 499, body: request("client_disconnected"), category: .provider,
                purchase: .unknown, code: "client_disconnected"),
            Row(
                operation: .fal(.run), status: 499, body: request("client_cancelled"), category: .cancelled,
                purchase: .unknown, code: "client_cancelled"),
            // The caller's own limit for the start.
            Row(
                operation: .fal(.run), status: 504, body: request("startup_timeout"),
                fields: ["X-Fal-Request-Timeout-Type": "user"], category: .timeout, purchase: .notTaken,
                code: "startup_timeout"),
        ]

    /// Errors common to all servers.
    static let plainRows: [Row] = [
        Row(
            operation: .fal(.submit), status: 401, body: #"{"detail":"invalid key credentials"}"#,
            category: .credentials, purchase: .notTaken, message: "invalid key credentials"),
        Row(
            operation: .fal(.submit), status: 401, body: #"{"detail":"Cannot access application \"x\""}"#,
            category: .credentials, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 402, body: #"{"detail":"Payment required"}"#,
            category: .credits,
            purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 403,
            body: #"{"detail":"User is locked. Reason: Exhausted balance. Top up your balance at fal.ai."}"#,
            category: .credits, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 403, body: #"{"detail":"User is locked. Reason: TOP_UP."}"#,
            category: .credits, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 403, body: #"{"detail":"User is locked. Reason: Admin lock."}"#,
            category: .credentials, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 403, body: page, category: .badReply, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 404, body: #"{"detail":"Application \"x\" not found"}"#,
            category: .notFound, purchase: .notTaken, message: #"Application "x" not found"#),
        Row(operation: .fal(.submit), status: 404, body: page, category: .badReply, purchase: .notTaken),
        Row(operation: .fal(.submit), status: 404, body: "", category: .notFound, purchase: .notTaken),
        Row(
            operation: .fal(.submit), status: 422, body: model("missing", #"["body","prompt"]"#),
            category: .validation, purchase: .notTaken, code: "missing", field: "body.prompt"),
        Row(
            operation: .fal(.submit), status: 429, body: request("concurrent_requests_limit"),
            fields: ["X-Fal-needs-retry": "1"], category: .rateLimit, purchase: .notTaken, isRetryable: true,
            code: "concurrent_requests_limit"),
        Row(
            operation: .fal(.run), status: 429, body: "", category: .rateLimit, purchase: .notTaken,
            isRetryable: true),
        Row(
            operation: .fal(.run), status: 429, body: "", fields: ["X-Fal-Retryable": "false"],
            category: .rateLimit, purchase: .notTaken),
        // A failure of the queue proves nothing: the job may be stored.
        Row(
            operation: .fal(.submit), status: 500, body: request("internal_error"),
            fields: ["x-fal-request-id": "r"], category: .provider, purchase: .unknown, isRetryable: true,
            code: "internal_error"),
        Row(
            operation: .fal(.submit), status: 502, body: page, category: .provider, purchase: .unknown,
            isRetryable: true),
        Row(
            operation: .fal(.submit), status: 504, body: "", category: .timeout, purchase: .unknown,
            isRetryable: true),
        Row(
            operation: .fal(.submit), status: 408, body: request("request_timeout"), category: .timeout,
            purchase: .unknown, isRetryable: true, code: "request_timeout"),
        Row(operation: .fal(.submit), status: 499, body: "", category: .timeout, purchase: .unknown),
        Row(operation: .fal(.submit), status: 302, body: "", category: .badReply, purchase: .unknown),
        // Nor does a page of a server in front of the run server.
        Row(
            operation: .fal(.run), status: 502, body: page, category: .provider, purchase: .unknown,
            isRetryable: true),
        Row(
            operation: .fal(.run), status: 503, body: "", category: .provider, purchase: .unknown,
            isRetryable: true),
        Row(
            operation: .fal(.run), status: 503, body: "", fields: ["x-fal-request-id": "r"],
            category: .provider, purchase: .notTaken, isRetryable: true),
        Row(
            operation: .fal(.run), status: 500, body: page,
            fields: ["X-Fal-Error-Type": "runner_server_error"],
            category: .provider, purchase: .notTaken, isRetryable: true, code: "runner_server_error"),
        Row(
            operation: .fal(.run), status: 408, body: #"{"detail":"too late"}"#, category: .timeout,
            purchase: .unknown, isRetryable: true),
        Row(
            operation: .fal(.run), status: 408, body: "", category: .timeout, purchase: .unknown,
            isRetryable: true),
    ]

    /// Calls about an accepted job, and calls that cost nothing.
    static let laterRows: [Row] = [
        Row(
            operation: .fal(.status), status: 502, body: page, category: .provider, purchase: .taken,
            isRetryable: true),
        Row(
            operation: .fal(.status), status: 404, body: #"{"status":"NOT_FOUND"}"#, category: .notFound,
            purchase: .taken, message: "NOT_FOUND"),
        Row(
            operation: .fal(.status), status: 401, body: #"{"detail":"invalid key credentials"}"#,
            category: .credentials, purchase: .taken),
        Row(
            operation: .fal(.status), status: 429, body: "", category: .rateLimit, purchase: .taken,
            isRetryable: true),
        Row(
            operation: .fal(.cancel), status: 500, body: "", category: .provider, purchase: .taken,
            isRetryable: true),
        Row(
            operation: .fal(.result), status: 400, body: #"{"detail":"Request is still in progress"}"#,
            category: .provider, purchase: .taken, isRetryable: true, message: "Request is still in progress"),
        Row(
            operation: .fal(.result), status: 400, body: request("bad_request"), category: .validation,
            purchase: .taken, code: "bad_request"),
        Row(
            operation: .fal(.result), status: 404, body: #"{"status":"NOT_FOUND"}"#, category: .notFound,
            purchase: .taken),
        // The job failed: a 422 may be billed, a 5xx is not.
        Row(
            operation: .fal(.result), status: 422,
            body: model("content_policy_violation", #"["body","prompt"]"#),
            category: .moderation, purchase: .taken, code: "content_policy_violation", field: "body.prompt"),
        Row(
            operation: .fal(.result), status: 422, body: model("image_too_small"),
            fields: ["X-Fal-Needs-Retry": "1"], category: .validation, purchase: .taken,
            code: "image_too_small", field: "body.image_urls.0"),
        Row(
            operation: .fal(.result), status: 500, body: model("internal_server_error", #"["body"]"#),
            category: .provider, purchase: .notTaken, code: "internal_server_error", field: "body"),
        Row(
            operation: .fal(.result), status: 504, body: model("generation_timeout", #"["body"]"#),
            fields: ["X-Fal-Needs-Retry": "1"], category: .timeout, purchase: .notTaken, isRetryable: true,
            code: "generation_timeout", field: "body"),
        // The call failed: the job keeps its result.
        Row(
            operation: .fal(.result), status: 500, body: request("internal_error"),
            fields: ["x-fal-request-id": "r"], category: .provider, purchase: .taken, isRetryable: true,
            code: "internal_error"),
        Row(
            operation: .fal(.result), status: 502, body: page, category: .provider, purchase: .taken,
            isRetryable: true),
        Row(
            operation: .fal(.result), status: 499, body: request("client_cancelled"), category: .cancelled,
            purchase: .taken, code: "client_cancelled"),
        Row(
            operation: .fal(.initiate), status: 400, body: #"{"detail":"Invalid storage type"}"#,
            category: .validation, purchase: .notTaken, message: "Invalid storage type"),
        Row(
            operation: .fal(.put), status: 500, body: page, category: .provider, purchase: .notTaken,
            isRetryable: true),
        Row(
            operation: .fal(.token), status: 408, body: "", category: .timeout, purchase: .notTaken,
            isRetryable: true),
    ]

    @Test(
        "have their category, their field, and whether the request was bought",
        arguments: modelRows + requestRows + plainRows + laterRows)
    func rows(_ row: Row) {
        let error = FalSample.fal.failure(
            FalSample.reply(row.status, row.body, row.fields), operation: row.operation)
        #expect(error.category == row.category)
        #expect(error.purchase == row.purchase)
        #expect(error.isRetryable == row.isRetryable)
        #expect(error.code == row.code)
        #expect(error.field == row.field)
        #expect(error.status == row.status && error.operation == "\(row.operation)" && error.provider == .fal)
        #expect(!error.message.isEmpty)
        if let message = row.message { #expect(error.message == message) }
        // A page is described, not quoted.
        #expect(!error.message.contains("nginx"))
    }

    @Test("are read from the first of several, with the others counted")
    func several() {
        let body =
            #"{"detail":[{"loc":["body","prompt"],"msg":"Field required","type":"missing"},{"loc":["body","seed"],"msg":"b","type":"int_type"},{"x":1}]}"#
        let error = FalSample.fal.failure(FalSample.reply(422, body), operation: .fal(.submit))
        #expect(error.message == "Field required (and 2 more)" && error.field == "body.prompt")
        #expect(error.description == "fal.submit: 422 missing: body.prompt: Field required (and 2 more)")
    }

    @Test(
        "are read in undocumented forms",
        arguments: [
            (#"{"detail":[]}"#, nil), (#"{"detail":["no"]}"#, "no"), (#"{"detail":{"msg":"no"}}"#, "no"),
            (#"{"detail":null}"#, nil), (#"{"error":"no"}"#, "no"), (#"{"message":"no"}"#, "no"), ("[]", nil),
            ("null", nil), (#"{"detail":[{"loc":"body","msg":7}]}"#, nil), ("\u{0}\u{1}", nil),
        ])
    func oddShapes(_ body: String, _ message: String?) {
        let error = FalSample.fal.failure(FalSample.reply(422, body), operation: .fal(.submit))
        #expect(error.status == 422 && error.field == nil && !error.message.isEmpty)
        if let message { #expect(error.message == message) }
    }

    @Test("never repeat an image that fal echoes")
    func echo() {
        let uri = "data:image/png;base64," + String(repeating: "A", count: 5000)
        let body =
            #"{"detail":[{"loc":["body","image_urls",0],"msg":"cannot read \#(uri) here","type":"x"}]}"#
        let error = FalSample.fal.failure(FalSample.reply(422, body), operation: .fal(.submit))
        #expect(!error.message.contains("AAAA"))
    }

    @Test(
        "state the wait",
        arguments: [("3", 3.0), ("0.5", 0.5), ("Sun, 06 Nov 1994 08:49:37 GMT", 0)])
    func retryAfter(_ text: String, _ seconds: Double) {
        let error = FalSample.fal.failure(
            FalSample.reply(429, "", ["Retry-After": text]), operation: .fal(.submit))
        #expect(error.retryAfter == seconds)
    }

    @Test(
        "ask for no wait if the field is unreadable",
        arguments: ["soon", "inf", "-3", "Sun, 06 Xyz 1994"])
    func noRetryAfter(_ text: String) {
        let error = FalSample.fal.failure(
            FalSample.reply(429, "", ["Retry-After": text]), operation: .fal(.submit))
        #expect(error.retryAfter == nil)
    }

    @Test("have fal's request id")
    func requestID() {
        let error = FalSample.fal.failure(
            FalSample.reply(500, "", ["x-fal-request-id": "764c"]), operation: .fal(.run))
        #expect(error.requestID == "764c")
    }

    @Test("are thrown if the reply to any call is not a success")
    func thrown() throws {
        let draft = try FalSample.draft(FalSample.request())
        let reply = FalSample.reply(422, Self.model("image_too_small"))
        let fal = FalSample.fal
        let submit = #expect(throws: ClientError.self) {
            try fal.submitReply(reply, to: draft, in: FalSample.context)
        }
        #expect(submit?.operation == "fal.submit" && submit?.code == "image_too_small")
        #expect(#expect(throws: ClientError.self) { try fal.status(in: reply) }?.operation == "fal.status")
        #expect(#expect(throws: ClientError.self) { try fal.result(in: reply) }?.operation == "fal.result")
    }
}
