package import SeedreamModel

/// Checks that all providers have in common, and the warnings that they produce.
package struct RequestChecks {
    package let request: GenerationRequest
    package let provider: ProviderID
    /// The model's ID at the provider.
    package let model: String
    /// The row of the model; `nil` if it is not in the table.
    package let entry: ModelEntry?
    /// The limits of the provider with the model.
    package let limits: ProviderLimits
    package let isLenient: Bool
    /// The warnings so far.
    package private(set) var warnings: [RequestWarning] = []

    /// Finds the model of a request.
    ///
    /// - Parameter limits: The provider's limits, without those of a model.
    /// - Throws: ``RequestError`` if the provider is known not to have the model.
    package init(
        _ request: GenerationRequest, _ provider: ProviderID, _ limits: ProviderLimits,
        in context: RequestContext
    ) throws(RequestError) {
        self.request = request
        self.provider = provider
        isLenient = context.isLenient
        let choice = try context.models.choice(of: request.model, at: provider, for: request.operation)
        (model, entry) = (choice.id, choice.entry)
        self.limits = limits.applying(entry)
        if entry == nil {
            warn(
                .modelUnlisted, "model",
                "\(model) is not among the known models of \(provider.displayName): it is sent unchecked")
        } else if entry?.output == nil {
            warn(
                .effectUnknown, "size", "no document gives the sizes of \(self.name): the size is not checked"
            )
        }
    }

    /// The model in messages, with its provider.
    package var name: String {
        entry.map { "\($0.alias) at \(provider.displayName)" } ?? "\(model) at \(provider.displayName)"
    }

    /// Adds a warning.
    package mutating func warn(_ code: RequestWarning.Code, _ field: String, _ message: String) {
        warnings.append(RequestWarning(code, field: field, message))
    }

    /// Drops a field that the provider or the model does not support, with a warning, if leniency
    /// allows it.
    ///
    /// - Parameter instead: The effect of dropping it, such as "one image is generated".
    /// - Throws: ``RequestError`` if leniency does not allow it.
    package mutating func leaveOut(_ field: String, instead: String) throws(RequestError) {
        let isOfModel = entry != nil && entry?.alias != ModelTable.defaultAlias
        let message = "\(isOfModel ? name : provider.displayName) does not support it"
        guard isLenient else {
            throw RequestError(
                field: field, message: message,
                remedy: "leave it out, or \(.verb) \(.ignoreUnsupported); then \(instead)")
        }
        warn(.fieldDropped, field, "\(message): \(instead)")
    }

    /// Checks everything except the size: prompt, number of images, counts, webhook, delivery,
    /// layers.
    ///
    /// - Returns: The counts to send. An unsupported count is replaced by 1.
    package mutating func checkCommon() throws(RequestError) -> (count: Int, imagesPerGeneration: Int) {
        try checkPrompt()
        if request.images.count > limits.maximumImages {
            throw RequestError(
                field: "images",
                message: "expected at most \(limits.maximumImages), found \(request.images.count)",
                hint: "remove images; providers use only the last \(limits.maximumImages)")
        }
        let count = try checked("count", request.count, limits.counts, instead: "one generation is requested")
        let each = try checked(
            "imagesPerGeneration", request.imagesPerGeneration, limits.imagesPerGeneration,
            instead: "each generation produces one image")
        guard !count.multipliedReportingOverflow(by: each).overflow else {
            throw RequestError(
                field: "count", message: "expected at most \(Int.max) images, found more",
                hint: "ask for fewer images in each request")
        }
        if let most = limits.maximumInputsAndOutputs, !request.images.isEmpty || limits.counts == 1...1,
            request.images.count + count * each > most
        {
            throw RequestError(
                field: "count",
                message:
                    "expected at most \(most) inputs and outputs together, found \(request.images.count) and \(count * each)",
                hint: "ask for \(max(1, most - request.images.count)) images, or send fewer inputs")
        }
        if let webhook = request.webhook {
            if !limits.hasWebhooks { try leaveOut("webhook", instead: "no webhook is called") }
            guard URLParts(webhook) != nil else {
                throw RequestError(
                    field: "webhook", message: "expected an http or https URL",
                    hint: "give a complete, percent-encoded URL")
            }
        }
        if request.delivery == .inline, !limits.deliversInline {
            try leaveOut("delivery", instead: "the result is downloaded from a URL")
        }
        guard entry != nil else { return (count, each) }
        if count > 1 { _ = try sends(.count, "count", instead: "one generation is requested") }
        if each > 1 {
            _ = try sends(
                .imagesPerGeneration, "imagesPerGeneration", instead: "each generation produces one image")
        }
        return (count, each)
    }

    private mutating func checked(_ field: String, _ value: Int, _ range: ClosedRange<Int>, instead: String)
        throws(RequestError) -> Int
    {
        if range.contains(value) { return value }
        if range == 1...1, value > 1 {
            try leaveOut(field, instead: instead)
            return 1
        }
        throw RequestError(
            field: field, message: "expected \(range.lowerBound) to \(range.upperBound), found \(value)",
            hint: "\(provider.displayName) supports no other number; send several requests for more")
    }

    private func checkPrompt() throws(RequestError) {
        // Without a prompt, layers are split as the model sees fit.
        let isOptional = request.splitsLayers && support(of: .layers) != .lacks
        guard isOptional || request.prompt.contains(where: { !$0.isWhitespace }) else {
            throw RequestError(
                field: "prompt", message: "expected words, found none", hint: "describe the image")
        }
        // Each provider counts in the units of its programming language; UTF-16 units
        // (JavaScript's) give the largest count.
        let count = request.prompt.utf16.count
        if let range = limits.promptCharacters, !request.prompt.isEmpty, !range.contains(count) {
            throw RequestError(
                field: "prompt", message: "expected at most \(range.upperBound) characters, found \(count)",
                hint: "\(provider.displayName) rejects longer prompts; shorten it")
        }
    }
}
