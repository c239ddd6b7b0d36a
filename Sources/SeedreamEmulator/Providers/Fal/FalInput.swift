import Pixels
import SeedreamModel

/// The input of a model, checked against its schema; like pydantic, the check collects every
/// violation.
struct FalInput: Sendable {
    /// The value of `image_size`.
    enum Size: Sendable {
        case preset(String)
        case pixels(PixelSize)
    }

    let model: FalModel
    private(set) var prompt = ""
    private(set) var imageURLs: [String] = []
    /// The position of the first image used among those sent.
    private(set) var firstUsed = 0
    private(set) var size: Size
    private(set) var generations = 1
    private(set) var seed: Int?
    private(set) var isInline = false
    /// The value of `output_format`.
    private(set) var format: ResultFormat?
    /// Whether the background is transparent.
    private(set) var isTransparent = false

    init(_ body: JSONValue, model: FalModel, ambiguities: Ambiguities) throws(FalError) {
        guard let members = body.object else {
            throw .model(
                ["body"], "Input should be a valid dictionary or object to extract fields from",
                "model_attributes_type", input: body)
        }
        var fields = FalFields(body, members, known: model.fields)
        self.model = model
        size = .pixels(model.entry.defaultSize)

        switch fields["prompt"] {
        case .string(let text)?: prompt = text
        case nil: fields.refuse(["prompt"], "Field required", "missing")
        case let other?:
            fields.refuse(["prompt"], "Input should be a valid string", "string_type", nil, other)
        }
        (imageURLs, firstUsed) = Self.images(&fields, model)
        generations = fields.integer("num_images", model.counts) ?? 1
        let each = fields.integer("max_images", model.imagesPerGeneration) ?? 1
        seed = fields.integer("seed", nil)
        isInline = fields.bool("sync_mode") ?? false
        _ = fields.bool("enable_safety_checker")
        _ = fields.choice("enhance_prompt_mode", model.enhancements)
        format = fields.choice("output_format", ["jpeg", "png"]).flatMap { ResultFormat(rawValue: $0) }
        isTransparent =
            fields.choice("background", ResultBackground.allCases.map(\.rawValue))
            == ResultBackground.transparent.rawValue
        if isTransparent,
            let problem = model.entry.transparencyProblem(format: format, inputs: imageURLs.count)
        {
            fields.refuse(["background"], "Value error, \(problem.message)", "value_error")
        }
        if model.takesImages, let total = model.entry.inputs?.value.maximumWithOutputs,
            imageURLs.count + generations * each > total
        {
            fields.refuse(
                ["max_images"], "Input images and generated images together must be at most \(total)",
                "less_than_equal", ["le": .integer(total)])
        }
        size = Self.size(&fields, model) ?? size
        if ambiguities.falUnknownFields == .refused { fields.refuseUnknown() }
        try fields.check()
    }

    /// Returns the images to use, and the position of the first of them among those sent.
    private static func images(_ fields: inout FalFields, _ model: FalModel) -> ([String], Int) {
        guard model.takesImages else { return ([], 0) }
        switch fields["image_urls"] {
        case nil:
            if model.requiresImages { fields.refuse(["image_urls"], "Field required", "missing") }
            return ([], 0)
        case .array(let elements)?:
            if elements.isEmpty {
                fields.refuse(
                    ["image_urls"], "List should have at least 1 item", "sequence_too_short",
                    ["min_length": 1], .array(elements))
            }
            let first = max(0, elements.count - model.maximumImages)
            var urls: [String] = []
            for (index, element) in elements.enumerated() {
                if let text = element.string {
                    if index >= first { urls.append(text) }
                } else {
                    fields.refuse(
                        ["image_urls", .integer(index)], "Input should be a valid string", "string_type", nil,
                        element)
                }
            }
            return (urls, first)
        case let other?:
            fields.refuse(["image_urls"], "Input should be a valid list", "list_type", nil, other)
            return ([], 0)
        }
    }

    /// Returns the requested size; `nil` if the body states none, or if it is refused.
    private static func size(_ fields: inout FalFields, _ model: FalModel) -> Size? {
        switch fields["image_size"] {
        case nil, .null?: return nil
        case .string(let name)?:
            if model.presets.contains(name) { return .preset(name) }
            fields.refuse(
                ["image_size"], "Input should be one of \(model.presets.joined(separator: ", "))", "one_of",
                ["expected": .array(model.presets.map { .string($0) })], .string(name))
        case .object(let sides)?:
            // An omitted side is 512 in fal's schema.
            guard let width = (sides["width"] ?? 512).integer, let height = (sides["height"] ?? 512).integer,
                width > 0, height > 0
            else {
                fields.refuse(
                    ["image_size"], "Input should have a positive integer width and height", "int_type", nil,
                    .object(sides))
                return nil
            }
            let size = PixelSize(width: width, height: height)
            if check(size, &fields, model, .object(sides)) { return .pixels(size) }
        case let other?:
            fields.refuse(["image_size"], "Input should be a preset or an object", "one_of", nil, other)
        }
        return nil
    }

    /// Refuses a size in px that the model does not make, and does not scale up.
    ///
    /// - Returns: Whether the size is accepted.
    private static func check(
        _ size: PixelSize, _ fields: inout FalFields, _ model: FalModel, _ input: JSONValue
    ) -> Bool {
        let areas = model.entry.areas
        if size.area > areas.upperBound {
            fields.refuse(
                ["image_size"], "Image size must have at most \(name(areas.upperBound)) pixels",
                "less_than_equal", ["le": .integer(areas.upperBound)], input)
            return false
        }
        if size.area < areas.lowerBound, !model.enlarges {
            fields.refuse(
                ["image_size"], "Image size must have at least \(name(areas.lowerBound)) pixels",
                "greater_than_equal", ["ge": .integer(areas.lowerBound)], input)
            return false
        }
        guard let sides = model.entry.output?.value.sides else { return true }
        if size.longSide > sides.upperBound {
            fields.refuse(
                ["image_size"], "Sides must have at most \(sides.upperBound) pixels", "less_than_equal",
                ["le": .integer(sides.upperBound)], input)
            return false
        }
        if size.shortSide < sides.lowerBound {
            fields.refuse(
                ["image_size"], "Sides must have at least \(sides.lowerBound) pixels", "greater_than_equal",
                ["ge": .integer(sides.lowerBound)], input)
            return false
        }
        return true
    }

    /// Returns an area in the words of fal's page: `960x960` if it is that of a square.
    private static func name(_ area: Int) -> String {
        let side = Int(Double(area).squareRoot())
        return side * side == area ? "\(side)x\(side)" : "\(area)"
    }

    /// Returns the media type of the result: JPEG unless PNG is asked for, or that of the setting
    /// for models without a choice.
    func mediaType(_ ambiguities: Ambiguities) -> MediaType {
        if isTransparent || format == .png { return .png }
        return model.entry.has(.resultFormat)
            ? .jpeg : MediaType(rawValue: ambiguities.resultType) ?? .png
    }

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, ambiguities: Ambiguities) -> PixelSize {
        let areas = model.entry.areas
        return switch size {
        case .pixels(let size): OutputSize.within(areas, size)
        case .preset(let name):
            OutputSize.preset(name, first: first, automatic: ambiguities.automaticSize, areas: areas)
        }
    }
}
