import HTTPTypes
public import SeedreamModel

/// Maps requests to one provider's API, decides how images travel, and makes every check that needs
/// no network. Reads no key and sends nothing.
public struct SubmissionPlanner: Sendable {
    /// The provider to plan for.
    public let provider: ProviderID
    /// The client's settings.
    public let configuration: ClientConfiguration
    let providerAPI: any Provider
    let context: RequestContext

    /// Creates a planner.
    public init(_ provider: ProviderID, configuration: ClientConfiguration = ClientConfiguration()) {
        self.provider = provider
        self.configuration = configuration
        providerAPI = Providers.provider(provider)
        context = RequestContext(
            endpoints: configuration.endpoints(of: provider), options: configuration.options,
            isLenient: configuration.isLenient, models: configuration.models)
    }

    /// The scheme, host name and port of the API's address.
    package var origin: String { URLParts(context.endpoints.api)?.origin ?? context.endpoints.api }

    /// The provider's limits and prices, with its default model.
    public var limits: ProviderLimits { limits(of: nil) }

    /// Returns the provider's limits and prices with a model.
    ///
    /// - Parameter model: An ID or an alias; `nil` for the default model. Of a model that is not in
    ///   the table, only the provider's own limits are known.
    public func limits(of model: String?) -> ProviderLimits {
        let entry = entry(of: model)
        var limits = providerAPI.limits.applying(entry)
        limits.editModel = entry?.editID ?? model ?? ""
        limits.generateModel = entry?.generateID ?? model ?? ""
        return limits
    }

    /// Returns the row of a model in the table; `nil` if it has none.
    ///
    /// - Parameter model: An ID or an alias; `nil` for the default model.
    public func entry(of model: String?) -> ModelEntry? {
        let model = model ?? ModelTable.defaultAlias
        return context.models.entry(id: model, at: provider) ?? context.models.entry(model, at: provider)
    }

    /// Returns the row whose limits on inputs hold for a model: that of the default model if
    /// nothing is known of the model's own.
    package func preparedEntry(of model: String?) -> ModelEntry? {
        let entry = entry(of: model)
        return entry?.inputs == nil ? self.entry(of: nil) : entry
    }

    /// What a model needs for a transparent background.
    package enum Transparency: Sendable {
        /// It makes none: the setting is refused or dropped.
        case lacking
        /// One PNG with an alpha channel.
        case ofCutout
        /// Nothing, as far as is known.
        case ofAnyInput
    }

    /// Returns what a model needs for a transparent background.
    package func transparency(of model: String?) -> Transparency {
        let lacks = entry(of: model)?.fields?.value.lacks ?? []
        guard providerAPI.limits.fields.contains(.background),
            !lacks.isSuperset(of: [.background, .backgroundOfInput])
        else { return .lacking }
        return lacks.contains(.background) ? .ofCutout : .ofAnyInput
    }

    /// Returns the ID that is sent for a model; `nil` if the request would be refused.
    package func modelID(of model: String?, edits: Bool) -> String? {
        try? context.models.choice(of: model, at: provider, for: edits ? .edit : .generate).id
    }

    /// Returns the request that would be sent.
    ///
    /// - Throws: ``RequestError`` with the field that the provider does not support or would
    ///   refuse; ``BudgetError``.
    public func plan(_ request: GenerationRequest) throws -> SubmissionPlan {
        let images = try deliveries(of: request).map(\.preview)
        let draft = try providerAPI.draft(request, images: images, in: context)
        let uploads = images.filter { if case .pending = $0 { true } else { false } }.count
        try checkBudget(draft, inputs: images.count)
        let length = draft.body.body.length
        try checkBody(length)
        let price = price(of: draft, inputs: images.count)
        return SubmissionPlan(
            provider: provider, model: draft.model, url: draft.url,
            headers: Dictionary(
                draft.fields.map { ($0.name.rawName, $0.value) },
                uniquingKeysWith: { first, next in "\(first), \(next)" }),
            body: draft.body.elided, bodyBytes: length, uploads: uploads, predictedSize: draft.predictedSize,
            minimumOutputs: draft.outputs.lowerBound, maximumOutputs: draft.outputs.upperBound,
            price: price, rule: configuration.price == nil ? draft.entry?.price?.value : nil,
            worstCost: price.map { $0.amount * Double(draft.outputs.upperBound) },
            warnings: draft.warnings)
    }

    /// Checks the parts of a request that do not depend on its images: settings that the provider
    /// does not support or refuses.
    ///
    /// - Throws: ``RequestError`` with the field.
    package func check(_ request: GenerationRequest, edits: Bool) throws(RequestError) {
        var request = request
        let url = "https://example.com/image.jpg"
        request.images = edits ? [.remote(url)] : []
        _ = try providerAPI.draft(request, images: edits ? [.url(url)] : [], in: context)
    }

    /// Returns the exact body of the request, with every local image as a data URI.
    ///
    /// - Throws: ``RequestError`` with the field that the provider does not support or would
    ///   refuse.
    public func payload(of request: GenerationRequest) throws(RequestError) -> RequestBody {
        try inlineDraft(of: request).body.body
    }

    /// Returns the warnings about differences between that body and the request.
    package func payloadWarnings(of request: GenerationRequest) throws(RequestError) -> [RequestWarning] {
        try inlineDraft(of: request).warnings
    }

    private func inlineDraft(of request: GenerationRequest) throws(RequestError) -> RequestDraft {
        let images = request.images.map { image -> ImageReference in
            switch image {
            case .remote(let url): .url(url)
            case .prepared(let image): .dataURI(image.dataURI)
            }
        }
        return try providerAPI.draft(request, images: images, in: context)
    }

    // MARK: How images travel

    /// An image and how it travels.
    enum Delivery: Sendable {
        case asIs(ImageReference)
        case upload(PreparedImage)

        var preview: ImageReference {
            switch self {
            case .asIs(let reference): reference
            case .upload(let image): .pending(byteCount: image.bytes.count)
            }
        }
    }

    /// Decides how each image travels. All local images travel the same way.
    func deliveries(of request: GenerationRequest) throws(RequestError) -> [Delivery] {
        for (index, image) in request.images.enumerated() {
            if case .remote(let url) = image { try check(url, number: index + 1) }
        }
        let local = request.images.compactMap(\.prepared)
        let usesUpload = try usesUpload(local)
        return request.images.map { image in
            switch image {
            case .remote(let url): .asIs(.url(url))
            case .prepared(let image): usesUpload ? .upload(image) : .asIs(.dataURI(image.dataURI))
            }
        }
    }

    /// Checks that the provider can fetch a URL that is passed on.
    private func check(_ url: String, number: Int) throws(RequestError) {
        guard let parts = URLParts(url) else {
            throw RequestError(
                field: "images",
                message: "input \(number): expected an http or https URL without user information",
                hint: "percent-encode it, or pass a file")
        }
        let isHere = URLParts(context.endpoints.api)?.isLoopback == true
        guard let objection = AddressPolicy.objection(toHostOf: parts), !isHere else { return }
        throw RequestError(
            field: "images",
            message: "input \(number): \(provider.displayName) cannot fetch it: \(objection)",
            hint: "pass a file, or a publicly reachable URL")
    }

    private func usesUpload(_ images: [PreparedImage]) throws(RequestError) -> Bool {
        let limits = providerAPI.limits
        let total = images.reduce(0) { $0 + $1.bytes.count }
        let longest = images.map(\.dataURI.length).max() ?? 0
        let fitsDataURI =
            longest <= limits.dataURICharacters ?? .max
            && images.reduce(0, { $0 + $1.dataURI.length }) <= configuration.maximumBodyBytes
        let useUpload: Bool
        switch configuration.imageTransport {
        case .dataURI: useUpload = false
        case .upload:
            guard limits.uploadBytes != nil else {
                throw RequestError(
                    field: "transport", message: "\(provider.displayName) does not support uploads",
                    remedy: "\(.verb) \(.inlineImages)")
            }
            useUpload = true
        case .automatic:
            useUpload =
                limits.uploadBytes != nil
                && (!limits.prefersDataURIs || !fitsDataURI || total > configuration.uploadThreshold)
        }
        if useUpload, let most = limits.uploadBytes,
            let large = images.first(where: { $0.bytes.count > most })
        {
            throw RequestError(
                field: "images",
                message: "\(large.source.name): expected at most \(most) bytes, found \(large.bytes.count)",
                remedy: "prepare it with \(.maximumBytes(most))")
        }
        if !useUpload, let most = limits.dataURICharacters, longest > most {
            throw RequestError(
                field: "images",
                message: "expected data URIs of at most \(most) characters, found \(longest)",
                remedy: limits.uploadBytes == nil
                    ? "prepare with a smaller \(.maximumBytes(nil))" : "\(.verb) \(.uploadImages)")
        }
        return useUpload
    }

    func checkBody(_ length: Int) throws(RequestError) {
        guard length <= configuration.maximumBodyBytes else {
            throw RequestError(
                field: "images",
                message:
                    "expected a body of at most \(configuration.maximumBodyBytes) bytes, found \(length)",
                remedy: providerAPI.limits.uploadBytes == nil
                    ? "send fewer or smaller images, or raise \(.maximumBodyBytes)"
                    : "\(.verb) \(.uploadImages), or raise \(.maximumBodyBytes)")
        }
    }
}
