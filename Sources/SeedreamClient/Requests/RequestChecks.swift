package import Pixels
package import SeedreamModel

/// The checks that every host's mapping makes, and the warnings that they leave.
package struct RequestChecks {
    package let request: GenerationRequest
    package let provider: ProviderID
    package let limits: ProviderLimits
    package let isLenient: Bool
    /// What has been dropped or foreseen so far.
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

    /// A field that the host cannot express: left out with a warning if leniency allows it.
    ///
    /// - Parameter instead: What happens without it, as "one image is made".
    package mutating func leaveOut(_ field: String, instead: String) throws(RequestError) {
        let message = "\(provider.displayName) cannot express it"
        guard isLenient else {
            throw RequestError(
                field: field, message: message,
                remedy: "leave it out, or \(.verb) \(.ignoreUnsupported); then \(instead)")
        }
        warn(.fieldDropped, field, "\(message): \(instead)")
    }

    /// Everything but the size: prompt, number of images, counts, webhook, delivery.
    ///
    /// - Returns: The counts to send, those that the host cannot express replaced by 1.
    package mutating func checkCommon() throws(RequestError) -> (count: Int, imagesPerGeneration: Int) {
        try checkPrompt()
        if request.images.count > limits.maximumImages {
            throw RequestError(
                field: "images",
                message: "expected at most \(limits.maximumImages), found \(request.images.count)",
                hint: "the last \(limits.maximumImages) are what a host would use; leave the others out")
        }
        let count = try checked("count", request.count, limits.counts, instead: "one generation is made")
        let each = try checked(
            "imagesPerGeneration", request.imagesPerGeneration, limits.imagesPerGeneration,
            instead: "each generation makes one image")
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
                    hint: "pass a whole URL, percent-encoded")
            }
        }
        if request.delivery == .inline, !limits.deliversInline {
            try leaveOut("delivery", instead: "the result is fetched from a URL")
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
            hint: "\(provider.displayName) takes no other number; send several requests for more")
    }

    private func checkPrompt() throws(RequestError) {
        guard request.prompt.contains(where: { !$0.isWhitespace }) else {
            throw RequestError(
                field: "prompt", message: "expected words, found none", hint: "say what the picture shall be")
        }
        // A host counts what its language counts; UTF-16 units (JavaScript's) are the most that any
        // does.
        let count = request.prompt.utf16.count
        if let range = limits.promptCharacters, !range.contains(count) {
            throw RequestError(
                field: "prompt", message: "expected at most \(range.upperBound) characters, found \(count)",
                hint: "\(provider.displayName) refuses longer prompts; shorten it")
        }
    }

    /// The size in px to send, checked against the host's sides and areas; `nil` for a preset.
    ///
    /// An edit whose size is below the host's smallest area is sent, with a warning that says what
    /// the host makes of it; text-to-image of such a size is refused.
    ///
    /// - Parameter wanted: The size to check instead of the request's, where the host has no words
    ///   for that one.
    /// - Returns: What to ask for, and what will come of it.
    package mutating func size(of wanted: OutputSize? = nil)
        throws(RequestError) -> (asked: PixelSize, predicted: PixelSize)?
    {
        let wanted = wanted ?? request.size
        let first = request.images.first?.size
        if case .matchFirstImage = wanted, !request.images.isEmpty, first == nil {
            warn(.shapeUnknown, "size", "the first image lies behind a URL, so a square is asked for")
        }
        guard var size = wanted.pixels(first: first, maximumSide: limits.sides?.upperBound) else {
            return nil
        }
        guard size.shortSide > 0 else {
            throw RequestError(
                field: "size", message: "expected sides of 1 px or more, found \(size)",
                hint: "ask for 2048x2048, or for a shape, as 16:9@2K")
        }
        if case .pixels = wanted {
        } else if let sides = limits.sides, size.shortSide < sides.lowerBound {
            // A shape was asked for, not pixels: the next size of that shape that the host takes.
            let scale = Double(sides.lowerBound) / Double(size.shortSide)
            let long = min(Int((Double(size.longSide) * scale).rounded()), sides.upperBound)
            let taken =
                size.width <= size.height
                ? PixelSize(width: sides.lowerBound, height: long)
                : PixelSize(width: long, height: sides.lowerBound)
            warn(
                .sizeAdjusted, "size",
                "\(size) has a side below \(sides.lowerBound) px: \(taken) is asked for")
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
            "\(size) is below \(area.lowerBound) px²: the host makes \(predicted) of it")
        return (size, predicted)
    }
}
