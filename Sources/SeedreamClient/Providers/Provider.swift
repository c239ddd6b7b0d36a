package import HTTPTypes
package import SeedreamModel

/// What differs from host to host: field names, limits, replies. No method of it waits or touches a
/// socket but ``upload(_:name:through:)``, which is handed what does.
package protocol Provider: Sendable {
    /// Which host it is.
    var id: ProviderID { get }
    /// What the host takes and gives, and what it costs.
    var limits: ProviderLimits { get }

    /// Maps a request to the host's own fields, and checks every range that its contract gives.
    /// Nothing is sent.
    ///
    /// - Parameters:
    ///   - request: Its ``GenerationRequest/images`` have the same count and order as `images`.
    ///   - images: How each picture travels.
    ///   - context: Where the host is, and options of its own.
    /// - Throws: ``RequestError`` that names the field which the host cannot express or would
    ///   refuse.
    func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError)
        -> RequestDraft

    /// Adds the key to the header fields of a call to the host's API.
    func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext)

    /// What the host answered to the paid request.
    ///
    /// - Parameter reply: With any status code and any body.
    /// - Throws: ``ClientError`` made by ``failure(_:operation:)`` where the host refused or
    ///   failed.
    func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply

    /// The error that a reply stands for: one with a status code outside of 200 to 299, or with an
    /// error in its body.
    ///
    /// ``ClientError/purchase`` says what the contract proves: `notTaken` for a refusal, `unknown`
    /// where the job may run all the same.
    func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError

    /// Asks how a job is; `nil` where the host has no jobs.
    func statusRequest(for ticket: JobTicket, withLogs: Bool, in context: RequestContext) -> APIRequest?
    /// What the host said about a job. An unknown word is no error: ``JobStatus/Phase/other(_:)``.
    func status(in reply: HTTPReply) throws(ClientError) -> JobStatus
    /// Asks for the result; `nil` where the completed status holds it.
    func resultRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest?
    /// The result in a reply.
    func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult
    /// Asks to cancel; `nil` where the host cannot.
    func cancelRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest?
    /// What came of it.
    func cancellation(in reply: HTTPReply) throws(ClientError) -> CancellationOutcome

    /// Stores a picture at the host and returns its URL.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - name: An ASCII file name with the right extension.
    ///   - caller: Sends requests, each with retries, as uploads are not paid for.
    /// - Throws: ``ClientError``; what `caller` throws; never called where
    ///   ``ProviderLimits/uploadBytes`` is `nil`.
    func upload(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws -> String
}

extension Provider {
    package func statusRequest(for ticket: JobTicket, withLogs: Bool, in context: RequestContext)
        -> APIRequest?
    { nil }
    package func status(in reply: HTTPReply) throws(ClientError) -> JobStatus {
        JobStatus(phase: .other("none"))
    }
    package func resultRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest? { nil }
    package func cancelRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest? { nil }
    package func cancellation(in reply: HTTPReply) throws(ClientError) -> CancellationOutcome { .notPossible }
    package func upload(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws
        -> String
    {
        throw RequestError(
            field: "images", message: "\(id.displayName) has no upload", remedy: "\(.verb) \(.inlineImages)")
    }
}
