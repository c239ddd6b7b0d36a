package import Pixels
package import SeedreamModel

/// Checks that all providers have in common, and the warnings that they produce.
package struct RequestChecks {
    package let request: GenerationRequest
    package let provider: ProviderID
    package let limits: ProviderLimits
    package let isLenient: Bool
    /// The warnings so far.
    package private(set) var warnings: [RequestWarning] = []

    package init(
        _ request: GenerationRequest, _ provider: ProviderID, _ limits: ProviderLimits, isLenient: Bool
    ) {
        self.request = request
        self.provider = provider
        self.limits = limits
        self.isLenient = isLenient
    }

    /// Adds a warning.
    package mutating func warn(_ code: RequestWarning.Code, _ field: String, _ message: String) {
        warnings.append(RequestWarning(code, field: field, message))
    }

    /// Drops a field that the provider does not support, with a warning, if leniency allows it.
    ///
    /// - Parameter instead: The effect of dropping it, such as "one image is generated".
    ///
    /// - Throws: ``RequestError`` if leniency does not allow it.
    package mutating func leaveOut(_ field: String, instead: String) throws(RequestError) {
        let message = "\(provider.displayName) does not support it"
        guard isLenient else {
            throw RequestError(
                field: field, message: message,
                remedy: "leave it out, or \(.verb) \(.ignoreUnsupported); then \(instead)")
        }
        warn(.fieldDropped, field, "\(message): \(instead)")
    }

    /// Checks everything except the size: prompt, number of images, counts, webhook, delivery.
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
        if let most = limits.maximumInputsAndOutputs, request.images.count + count * each > most {
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
        guard request.prompt.contains(where: { !$0.isWhitespace }) else {
            throw RequestError(
                field: "prompt", message: "expected words, found none", hint: "describe the image")
        }
        // Each provider counts in the units of its programming language; UTF-16 units
        // (JavaScript's) give the largest count.
        let count = request.prompt.utf16.count
        if let range = limits.promptCharacters, !range.contains(count) {
            throw RequestError(
                field: "prompt", message: "expected at most \(range.upperBound) characters, found \(count)",
                hint: "\(provider.displayName) rejects longer prompts; shorten it")
        }
    }

    /// Returns the size to send in px, checked against the provider's limits; `nil` for a preset.
    ///
    /// An edit whose size is below the provider's minimum area is sent, with a warning about the
    /// predicted size; text-to-image of such a size is rejected.
    ///
    /// - Parameter wanted: The size to check, if the provider has no word for the requested one.
    ///   Default: the requested size.
    /// - Returns: The size to ask for, and the predicted size of the result.
    package mutating func size(of wanted: OutputSize? = nil)
        throws(RequestError) -> (asked: PixelSize, predicted: PixelSize)?
    {
        let wanted = wanted ?? request.size
        let first = request.images.first?.size
        if case .matchFirstImage = wanted, !request.images.isEmpty, first == nil {
            warn(
                .shapeUnknown, "size",
                "the first image is a URL, so its aspect ratio is unknown and a square is requested")
        }
        guard var size = wanted.pixels(first: first, maximumSide: limits.sides?.upperBound) else {
            return nil
        }
        guard size.shortSide > 0 else {
            throw RequestError(
                field: "size", message: "expected sides of 1 px or more, found \(size)",
                hint: "ask for 2048x2048, or for an aspect ratio such as 16:9@2K")
        }
        if case .pixels = wanted {
        } else if let sides = limits.sides, size.shortSide < sides.lowerBound {
            // An aspect ratio was requested, not pixels: use the nearest supported size of that
            // ratio.
            let scale = Double(sides.lowerBound) / Double(size.shortSide)
            let long = min(Int((Double(size.longSide) * scale).rounded()), sides.upperBound)
            let taken =
                size.width <= size.height
                ? PixelSize(width: sides.lowerBound, height: long)
                : PixelSize(width: long, height: sides.lowerBound)
            warn(
                .sizeAdjusted, "size",
                "\(size) has a side below \(sides.lowerBound) px: \(taken) is requested")
            size = taken
        }
        if let sides = limits.sides, !(sides.contains(size.width) && sides.contains(size.height)) {
            throw RequestError(
                field: "size",
                message: "expected sides of \(sides.lowerBound) to \(sides.upperBound) px, found \(size)",
                hint: "ask \(provider.displayName) for another size")
        }
        guard let area = limits.area else { return (size, size) }
        guard size.area <= area.upperBound else {
            throw RequestError(
                field: "size",
                message: "expected at most \(area.upperBound) px², found \(size) (\(size.area) px²)",
                hint: "ask for 4096x4096 or less")
        }
        guard size.area < area.lowerBound else { return (size, size) }
        var constraints = InputConstraints.seedream4
        (constraints.minimumArea, constraints.maximumArea) = (area.lowerBound, area.upperBound)
        constraints.maximumAspectRatio = 1e6
        guard request.operation == .edit, let predicted = try? constraints.targetSize(for: size) else {
            throw RequestError(
                field: "size",
                message: "expected at least \(area.lowerBound) px², found \(size) (\(size.area) px²)",
                hint: "ask for 960x960 or more")
        }
        warn(
            .sizeAdjusted, "size",
            "\(size) is below \(area.lowerBound) px²: the provider will produce \(predicted)")
        return (size, predicted)
    }
}

/// Mapping steps that several providers share.
extension RequestChecks {
    /// Returns the requested model ID, or the provider's default.
    func model() throws(RequestError) -> String {
        let name =
            request.model ?? (request.operation == .edit ? limits.editModel : limits.generateModel)
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw RequestError(
                field: "model", message: "expected a model ID, found an empty text",
                hint: "leave it out for Seedream 4")
        }
        return name
    }

    /// Returns the size for a provider without automatic sizes. Their meaning is not documented, so
    /// they are rejected or, if leniency allows it, replaced by the first image's aspect ratio.
    mutating func sizeWithoutAutomatic() throws(RequestError) -> OutputSize {
        guard case .preset(let preset) = request.size, preset.pixels == nil else { return request.size }
        let tier: SizeTier = preset == .auto4K ? .k4 : .k2
        try leaveOut("size", instead: "the first image's aspect ratio is requested, at \(tier.rawValue)")
        return .matchFirstImage(tier)
    }

    /// Returns the size for a provider without named sizes. A preset becomes the pixel size that
    /// fal's toolkit gives it.
    mutating func sizeWithoutPresets() throws(RequestError) -> OutputSize {
        let size = try sizeWithoutAutomatic()
        guard case .preset(let preset) = size, let pixels = preset.pixels else { return size }
        return .pixels(PixelSize(width: pixels.width, height: pixels.height))
    }
}
