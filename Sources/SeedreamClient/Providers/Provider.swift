package import HTTPTypes
package import SeedreamModel

/// The differences between providers: field names, limits, replies. Only
/// ``upload(_:name:in:through:)`` performs I/O, through the caller that it is given.
package protocol Provider: Sendable {
    /// The provider's identity.
    var id: ProviderID { get }
    /// The provider's limits, features and price.
    var limits: ProviderLimits { get }

    /// Maps a request to the provider's fields, and checks every documented range. Nothing is sent.
    ///
    /// - Parameters:
    ///   - request: The request. Its ``GenerationRequest/images`` have the same count and order as
    ///     `images`.
    ///   - images: The form in which each image is sent.
    ///   - context: The provider's endpoints and options.
    /// - Throws: ``RequestError``, which names a field that the provider does not support or would
    ///   reject.
    func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError)
        -> RequestDraft

    /// Adds the key to the header fields of a call to the provider's API.
    func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext)

    /// Interprets the reply to the paid request.
    ///
    /// - Parameter reply: A reply with any status code and body.
    /// - Throws: ``ClientError`` from ``failure(_:operation:)`` if the provider rejected the
    ///   request or failed.
    func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply

    /// Returns the error that a reply represents: a reply with a status code outside of 200 to 299,
    /// or with an error in its body.
    ///
    /// ``ClientError/purchase`` states what the contract proves: `notTaken` for a rejection,
    /// `unknown` if the job may run anyway.
    func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError

    /// Returns the request for a job's status; `nil` if the provider has no jobs.
    func statusRequest(for ticket: JobTicket, withLogs: Bool, in context: RequestContext) -> APIRequest?
    /// Interprets the status of a job. An unknown status is not an error:
    /// ``JobStatus/Phase/other(_:)``.
    func status(in reply: HTTPReply) throws(ClientError) -> JobStatus
    /// Returns the request for a job's result; `nil` if the completed status includes it.
    func resultRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest?
    /// Interprets the result in a reply.
    func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult
    /// Returns the request to cancel a job; `nil` if the provider does not support it.
    func cancelRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest?
    /// Interprets the reply to a cancellation request.
    func cancellation(in reply: HTTPReply) throws(ClientError) -> CancellationOutcome

    /// Uploads an image to the provider and returns its URL.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - name: An ASCII file name with the correct extension.
    ///   - caller: Sends requests, each with retries, since uploads are free.
    /// - Throws: ``ClientError``; errors of `caller`. Never called if
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
            field: "images", message: "\(id.displayName) does not support uploads",
            remedy: "\(.verb) \(.inlineImages)")
    }
}

/// The provider's reply to the paid request.
package enum SubmitReply: Sendable {
    /// The provider accepted the job, which the ticket identifies.
    case accepted(JobTicket)
    /// The provider returned the images at once.
    case finished(GenerationResult)
}

/// The providers that this version supports.
package enum Providers {
    /// Returns the implementation for a provider.
    package static func provider(_ id: ProviderID) -> any Provider {
        switch id {
        case .fal: FalProvider()
        case .aiml: AIMLProvider()
        case .onerouter: OneRouterProvider()
        case .apiframe: ApiframeProvider()
        case .ark: ArkProvider()
        }
    }
}
