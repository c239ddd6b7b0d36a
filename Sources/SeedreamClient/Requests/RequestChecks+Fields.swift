import SeedreamModel

/// The fields that only some models have.
extension RequestChecks {
    /// Whether a model has a field.
    enum Support {
        case has, lacks, unknown
    }

    /// Returns whether the model has a field that the provider's API has.
    func support(of field: ModelField) -> Support {
        guard limits.fields.contains(field) else { return .lacks }
        guard let known = entry?.fields?.value else { return .unknown }
        if known.has.contains(field) { return .has }
        return known.lacks.contains(field) ? .lacks : .unknown
    }

    /// Returns whether a field that the caller has set is sent.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - name: The property of ``/SeedreamModel/GenerationRequest`` that it comes from.
    ///   - instead: The effect of not sending it.
    /// - Throws: ``RequestError`` if the model lacks it and leniency does not allow to drop it.
    mutating func sends(_ field: ModelField, _ name: String, instead: String) throws(RequestError) -> Bool {
        switch support(of: field) {
        case .has: return true
        case .unknown:
            warn(.effectUnknown, name, "no document says whether \(self.name) has \(name); it is sent")
            return true
        case .lacks:
            try leaveOut(name, instead: instead)
            return false
        }
    }

    /// Returns whether a field is sent even with its default value, as fal's counts are, because
    /// they determine the price. A field that the model may lack is not.
    func states(_ field: ModelField, unlessDefault isDefault: Bool) -> Bool {
        switch support(of: field) {
        case .has: true
        case .unknown: !isDefault
        case .lacks: false
        }
    }

    /// Returns the seed to send.
    mutating func seed() throws(RequestError) -> Int? {
        guard let seed = request.seed,
            try sends(.seed, "seed", instead: "each request gives another image")
        else { return nil }
        return seed
    }

    /// Returns the prompt enhancement to send.
    ///
    /// - Parameter instead: The effect of not sending it.
    mutating func enhancement(instead: String) throws(RequestError) -> PromptEnhancement? {
        guard let wanted = request.enhancement else { return nil }
        let field: ModelField =
            switch wanted {
            case .standard: .enhancementStandard
            case .fast: .enhancementFast
            case .off: .enhancementOff
            }
        return try sends(field, "enhancement", instead: instead) ? wanted : nil
    }

    /// Returns the guidance scale to send.
    mutating func guidanceScale() throws(RequestError) -> Double? {
        guard let scale = request.guidanceScale,
            try sends(.guidanceScale, "guidanceScale", instead: "the model's own scale is used")
        else { return nil }
        guard scale.isFinite, scale > 0 else {
            throw RequestError(
                field: "guidanceScale", message: "expected a number above 0, found \(scale)",
                hint: "leave it out for the model's own")
        }
        if let range = entry?.fields?.value.guidanceScale, !range.contains(scale) {
            throw RequestError(
                field: "guidanceScale",
                message:
                    "expected \(range.lowerBound.formattedShortly) to \(range.upperBound.formattedShortly), found \(scale.formattedShortly)",
                hint: "leave it out for the model's own")
        }
        return scale
    }

    /// Returns the format to ask for. A transparent background needs PNG.
    ///
    /// - Parameter background: The background that is asked for.
    mutating func resultFormat(with background: ResultBackground?) throws(RequestError) -> ResultFormat? {
        let isTransparent = background == .transparent
        if isTransparent, request.resultFormat == .jpeg {
            throw RequestError(
                field: "resultFormat", message: "expected png for a transparent background, found jpeg",
                hint: "leave it out: PNG is asked for then")
        }
        guard let format = request.resultFormat else {
            return isTransparent && support(of: .resultFormat) != .lacks ? .png : nil
        }
        guard try sends(.resultFormat, "resultFormat", instead: "the model's own format is saved")
        else { return nil }
        return format
    }

    /// Returns the background to ask for.
    mutating func resultBackground() throws(RequestError) -> ResultBackground? {
        guard let background = request.resultBackground else { return nil }
        let needsInput = support(of: .background) == .lacks && support(of: .backgroundOfInput) != .lacks
        let field: ModelField = needsInput ? .backgroundOfInput : .background
        guard try sends(field, "resultBackground", instead: "the background is as the model makes it")
        else { return nil }
        if needsInput, background == .transparent { try checkInputHasAlpha() }
        return background
    }

    /// Checks that the one input is a PNG with an alpha channel.
    private mutating func checkInputHasAlpha() throws(RequestError) {
        guard request.images.count == 1, let image = request.images.first else {
            throw RequestError(
                field: "images",
                message:
                    "expected exactly one image with transparency for a transparent background of \(name), found \(request.images.count)",
                hint: "send one cut-out, or choose a model that needs none, such as 5.5")
        }
        guard let prepared = image.prepared else {
            warn(
                .effectUnknown, "images",
                "\(name) needs a PNG with an alpha channel for a transparent background; the URL is not checked"
            )
            return
        }
        guard prepared.hasAlphaChannel else {
            throw RequestError(
                field: "images",
                message:
                    "\(prepared.source.name): expected an image with an alpha channel for a transparent background of \(name), found an opaque one",
                hint: "send a cut-out with transparency, or choose a model that needs none, such as 5.5")
        }
    }

    /// Returns the largest number of layers, the base image included; `nil` if no layers are asked
    /// for.
    mutating func layers() throws(RequestError) -> Int? {
        guard request.splitsLayers, try sends(.layers, "splitsLayers", instead: "one image is generated")
        else { return nil }
        guard request.images.count == 1 else {
            throw RequestError(
                field: "images", message: "expected the one image to split, found \(request.images.count)",
                hint: "send one image in each request")
        }
        guard request.resultFormat != .jpeg else {
            throw RequestError(
                field: "resultFormat", message: "expected png for layers, found jpeg",
                hint: "leave it out: PNG is asked for then")
        }
        guard request.resultBackground == nil else {
            throw RequestError(
                field: "resultBackground", message: "expected none for layers, found one",
                hint: "leave it out: layers are transparent by themselves")
        }
        return Self.largestResult(of: entry)
    }

    /// Returns the largest number of layers of a model, the base image included.
    static func largestResult(of entry: ModelEntry?) -> Int {
        (entry?.fields?.value.maximumLayers ?? assumedLayers) + 1
    }

    /// The number of layers to expect of a model that is not in the table: the largest known. Our
    /// number.
    private static let assumedLayers = 99
}

extension PreparedImage {
    /// Whether the bytes to send are a PNG whose pixels have an alpha channel, or a palette with
    /// transparent entries. An alpha channel that is opaque everywhere is not kept in preparation.
    fileprivate var hasAlphaChannel: Bool {
        guard mediaType == .png else { return false }
        // The colour type: the last but three bytes of the header chunk (PNG, 11.2.1).
        let colorType = bytes.withBytes { $0.count > 25 ? $0[25] : 0 }
        return [4, 6].contains(colorType) || colorType == 3 && source.alpha
    }
}
