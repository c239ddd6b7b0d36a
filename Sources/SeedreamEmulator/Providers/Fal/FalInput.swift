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

    var prompt = ""
    var imageURLs: [String] = []
    /// The position of the first image used among those sent.
    var firstUsed = 0
    var size = Size.pixels(PixelSize(width: 2048, height: 2048))
    var generations = 1
    var seed: Int?
    var isInline = false
    var isSafetyChecked = true

    /// The maximum number of images; if more are sent, only the last ones are used.
    static let maximumImages = 10
    /// The maximum number of inputs and outputs together.
    static let maximumTotal = 15

    private static let presets = [
        "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9", "auto",
        "auto_2K", "auto_4K",
    ]
    /// The range of areas in px²; fal's page says "between 960x960 and 4096x4096".
    private static let areas = 921_600...16_777_216

    init(_ body: JSONValue, model: FalModel) throws(FalError) {
        var details: [JSONValue] = []
        var firstError: (message: String, type: String)?
        func refuse(
            _ location: [JSONValue], _ message: String, _ type: String, _ context: JSONValue? = nil,
            _ input: JSONValue? = nil
        ) {
            firstError = firstError ?? (message, type)
            details.append(
                FalError.item(["body"] + location, message, type, context: context, input: input ?? body))
        }
        guard body.object != nil else {
            throw .model(
                ["body"], "Input should be a valid dictionary or object to extract fields from",
                "model_attributes_type", input: body)
        }
        func integer(_ name: String, _ range: ClosedRange<Int>?) -> Int? {
            guard let value = body[name], !value.isNull else { return nil }
            guard let number = value.integer else {
                refuse(
                    [.string(name)], "Input should be a valid integer",
                    value.number == nil ? "int_type" : "int_from_float", nil, value)
                return nil
            }
            guard let range else { return number }
            if number < range.lowerBound {
                refuse(
                    [.string(name)], "Input should be greater than or equal to \(range.lowerBound)",
                    "greater_than_equal", ["ge": .integer(range.lowerBound)], value)
            } else if number > range.upperBound {
                refuse(
                    [.string(name)], "Input should be less than or equal to \(range.upperBound)",
                    "less_than_equal", ["le": .integer(range.upperBound)], value)
            }
            // Out-of-range values are clamped, so that their product cannot overflow.
            return min(max(number, range.lowerBound), range.upperBound)
        }
        func bool(_ name: String) -> Bool? {
            guard let value = body[name], !value.isNull else { return nil }
            if value.bool == nil {
                refuse([.string(name)], "Input should be a valid boolean", "bool_type", nil, value)
            }
            return value.bool
        }

        switch body["prompt"] {
        case .string(let text)?: prompt = text
        case nil: refuse(["prompt"], "Field required", "missing")
        case let other?: refuse(["prompt"], "Input should be a valid string", "string_type", nil, other)
        }
        if model.takesImages {
            switch body["image_urls"] {
            case nil: refuse(["image_urls"], "Field required", "missing")
            case .array(let elements)?:
                if elements.isEmpty {
                    refuse(
                        ["image_urls"], "List should have at least 1 item", "sequence_too_short",
                        ["min_length": 1], .array(elements))
                }
                firstUsed = max(0, elements.count - Self.maximumImages)
                for (index, element) in elements.enumerated() {
                    if let text = element.string {
                        if index >= firstUsed { imageURLs.append(text) }
                    } else {
                        refuse(
                            ["image_urls", .integer(index)], "Input should be a valid string", "string_type",
                            nil, element)
                    }
                }
            case let other?:
                refuse(["image_urls"], "Input should be a valid list", "list_type", nil, other)
            }
        }
        generations = integer("num_images", 1...6) ?? 1
        let each = integer("max_images", 1...6) ?? 1
        seed = integer("seed", nil)
        isInline = bool("sync_mode") ?? false
        isSafetyChecked = bool("enable_safety_checker") ?? true
        if let mode = body["enhance_prompt_mode"], !mode.isNull, !["standard", "fast"].contains(mode.string) {
            refuse(
                ["enhance_prompt_mode"], "Input should be 'standard' or 'fast'", "literal_error",
                ["expected": "'standard' or 'fast'"], mode)
        }
        if model.takesImages, imageURLs.count + generations * each > Self.maximumTotal {
            refuse(
                ["max_images"],
                "Input images and generated images together must be at most \(Self.maximumTotal)",
                "less_than_equal", ["le": .integer(Self.maximumTotal)])
        }
        switch body["image_size"] {
        case nil, .null?: break
        case .string(let name)?:
            if Self.presets.contains(name) {
                size = .preset(name)
            } else {
                refuse(
                    ["image_size"], "Input should be one of \(Self.presets.joined(separator: ", "))",
                    "one_of",
                    ["expected": .array(Self.presets.map { .string($0) })], .string(name))
            }
        case .object(let sides)?:
            // An omitted side is 512 in fal's schema.
            guard let width = (sides["width"] ?? 512).integer, let height = (sides["height"] ?? 512).integer,
                width > 0, height > 0
            else {
                refuse(
                    ["image_size"], "Input should have a positive integer width and height", "int_type", nil,
                    .object(sides))
                break
            }
            let area = width.multipliedReportingOverflow(by: height)
            if area.overflow || area.partialValue > Self.areas.upperBound {
                refuse(
                    ["image_size"], "Image size must have at most 4096x4096 pixels", "less_than_equal",
                    ["le": .integer(Self.areas.upperBound)], .object(sides))
            } else if !model.takesImages, area.partialValue < Self.areas.lowerBound {
                refuse(
                    ["image_size"], "Image size must have at least 960x960 pixels", "greater_than_equal",
                    ["ge": .integer(Self.areas.lowerBound)], .object(sides))
            } else {
                size = .pixels(PixelSize(width: width, height: height))
            }
        case let other?:
            refuse(["image_size"], "Input should be a preset or an object", "one_of", nil, other)
        }
        if let firstError {
            throw FalError(
                status: 422, detail: .array(details), type: firstError.type, message: firstError.message)
        }
    }

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, ambiguities: Ambiguities) -> PixelSize {
        switch size {
        case .pixels(let size): OutputSize.atLeastMinimum(size)
        case .preset(let name): OutputSize.preset(name, first: first, automatic: ambiguities.automaticSize)
        }
    }
}
