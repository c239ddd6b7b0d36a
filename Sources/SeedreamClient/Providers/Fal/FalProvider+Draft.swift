import HTTPTypes
import Pixels
package import SeedreamModel

extension FalProvider {
    package func draft(
        _ request: GenerationRequest, images: [ImageReference], in context: RequestContext
    ) throws(RequestError) -> RequestDraft {
        var checks = try RequestChecks(request, id, limits, in: context)
        let app = try app(checks)
        let (count, each) = try checks.checkCommon()
        try check(images)
        _ = try checks.layers()
        let (size, predicted) = try size(&checks)
        let enhancement = try checks.enhancement(instead: "fal enhances the prompt in its standard way")
        let (seed, guidance) = (try checks.seed(), try checks.guidanceScale())
        let background = try checks.resultBackground()
        let format = try checks.resultFormat(with: background)
        var safetyChecker = request.safetyChecker
        if safetyChecker != nil,
            try !checks.sends(.safetyChecker, "safetyChecker", instead: "fal decides what to check")
        {
            safetyChecker = nil
        }
        let isRun = context.options.fal.mode == .run
        let fields = try fields(context.options.fal, &checks)
        let webhook = try webhook(request, isRun: isRun, &checks)
        let base = isRun ? context.endpoints.api : context.endpoints.queue
        var isInline = request.delivery == .inline
        if isInline {
            isInline = try checks.sends(
                .syncMode, "delivery", instead: "the result is downloaded from a URL")
        }
        if isInline {
            checks.warn(
                .notKept, "delivery",
                "fal keeps no copy of images inside its reply (`sync_mode`): they will not appear in your history"
            )
        }
        return RequestDraft(
            model: app.id, entry: checks.entry, operation: isRun ? .fal(.run) : .fal(.submit),
            url: "\(base)/\(app.id)" + (webhook.map { "?fal_webhook=\(URLParts.encoded($0))" } ?? ""),
            fields: fields,
            // The order of fal's own examples. The counts are sent even if they equal fal's
            // defaults, because they determine the price, but only to a model that has them.
            body: .members(
                ("prompt", .string(request.prompt)),
                ("image_urls", images.isEmpty ? nil : .array(images.map(\.wire))), ("image_size", size),
                ("num_images", checks.states(.count, unlessDefault: count == 1) ? .integer(count) : nil),
                (
                    "max_images",
                    checks.states(.imagesPerGeneration, unlessDefault: each == 1) ? .integer(each) : nil
                ),
                // Omitted unless set: fal's own default is on.
                ("enable_safety_checker", safetyChecker.map { .bool($0) }),
                ("enhance_prompt_mode", enhancement.map { .string($0.rawValue) }),
                (
                    "sync_mode",
                    checks.states(.syncMode, unlessDefault: !isInline) ? .bool(isInline) : nil
                ),
                ("seed", seed.map { .integer($0) }),
                ("guidance_scale", guidance.map { .number($0) }),
                ("output_format", format.map { .string($0.rawValue) }),
                ("background", background.map { .string($0.rawValue) })),
            warnings: checks.warnings, predictedSize: predicted, outputs: count...(count * each),
            generations: count, isInline: isInline)
    }

    private func app(_ checks: RequestChecks) throws(RequestError) -> FalApp {
        guard let app = FalApp(checks.model) else {
            throw RequestError(
                field: "model",
                message: "expected an ID such as owner/alias/path, found \"\(checks.model.prefix(80))\"",
                hint: "leave it out for Seedream 4, or give a model ID as shown on fal's pages")
        }
        return app
    }

    private func check(_ images: [ImageReference]) throws(RequestError) {
        for (index, image) in images.enumerated() {
            switch image {
            case .dataURI(let uri):
                guard let most = limits.dataURICharacters, uri.length > most else { continue }
                throw RequestError(
                    field: "images.\(index)",
                    message: "expected a data URI of at most \(most) characters, found \(uri.length)",
                    remedy: "\(.verb) \(.uploadImages), or a smaller \(.maximumBytes(nil))")
            case .url(let text):
                guard URLParts(text) == nil else { continue }
                throw RequestError(
                    field: "images.\(index)", message: "expected an http or https URL",
                    hint: "give a complete, percent-encoded URL")
            case .pending: continue
            }
        }
    }

    private func size(
        _ checks: inout RequestChecks
    ) throws(RequestError) -> (wire: WireValue, predicted: PixelSize?) {
        let wanted = try checks.offeredSize()
        guard case .preset(let preset) = wanted else {
            guard let (asked, predicted) = try checks.size(of: wanted) else {
                preconditionFailure("expected a size for every value but a preset")
            }
            return (
                .members(("width", .integer(asked.width)), ("height", .integer(asked.height))), predicted
            )
        }
        guard let asked = preset.pixels else {
            checks.warn(.effectUnknown, "size", "fal does not document the meaning of \(preset.rawValue)")
            return (.string(preset.rawValue), nil)
        }
        guard let area = checks.limits.area, asked.area < area.lowerBound else {
            return (.string(preset.rawValue), asked)
        }
        // The rule for custom sizes, assumed to apply to named sizes too; this is not documented.
        let made = checks.enlarged(asked, to: area) ?? asked
        checks.warn(
            .sizeAdjusted, "size",
            "\(preset.rawValue) is \(asked), below \(area.lowerBound) px²: fal is expected to produce \(made)"
        )
        return (.string(preset.rawValue), made)
    }

    private func webhook(
        _ request: GenerationRequest, isRun: Bool, _ checks: inout RequestChecks
    ) throws(RequestError) -> String? {
        guard isRun, request.webhook != nil else { return request.webhook }
        // A run returns the images in its reply: there is no job to report.
        try checks.leaveOut("webhook", instead: "no webhook is called in run mode")
        return nil
    }

    private func fields(
        _ options: FalOptions, _ checks: inout RequestChecks
    ) throws(RequestError) -> HTTPFields {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let priority = options.priority {
            if options.mode == .run {
                try checks.leaveOut("fal.priority", instead: "the run starts at once")
            } else {
                FalHeader.queuePriority.set(priority.rawValue, in: &fields)
            }
        }
        if let hint = options.runnerHint {
            guard !hint.isEmpty, hint.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw RequestError(
                    field: "fal.runnerHint", message: "expected visible ASCII without spaces",
                    hint: "choose any word: the same word selects the same runner")
            }
            FalHeader.runnerHint.set(hint, in: &fields)
        }
        if let seconds = options.startTimeout {
            guard seconds > 1, seconds.isFinite else {
                throw RequestError(
                    field: "fal.startTimeout", message: "expected more than 1 s, found \(seconds)",
                    hint: "this is the time to wait for the start, not for the images")
            }
            // Swift formats numbers like Python: 30 becomes `30.0`.
            FalHeader.requestTimeout.set("\(seconds)", in: &fields)
        }
        try Self.checkExpiry(options.resultExpiry, field: "fal.resultExpiry")
        try Self.checkExpiry(options.uploadExpiry, field: "fal.uploadExpiry")
        if let seconds = options.resultExpiry {
            FalHeader.lifecyclePreference.set(FalHeader.lifecycleText(seconds: seconds), in: &fields)
        }
        if !options.storesPayloads { FalHeader.storeIO.set("0", in: &fields) }
        return fields
    }

    /// Rejects times below 1 s.
    static func checkExpiry(_ seconds: Int?, field: String) throws(RequestError) {
        guard let seconds, seconds < 1 else { return }
        throw RequestError(
            field: field, message: "expected 1 s or more, found \(seconds)",
            hint: "leave it out for fal's own default")
    }
}
