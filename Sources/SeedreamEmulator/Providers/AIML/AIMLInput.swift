import Pixels
import SeedreamModel

/// The emulated models of AIML: the two of Seedream 4, and newer Seedream models.
enum AIMLModel: String, Sendable, CaseIterable {
    case edit = "bytedance/seedream-v4-edit"
    case textToImage = "bytedance/seedream-v4-text-to-image"
    case seedream45 = "bytedance/seedream-4-5"
    case seedream5Lite = "bytedance/seedream-5-0-lite-preview"
    /// The ID is a guess: the documents contain only its end.
    case seedream5Pro = "bytedance/seedream-5-0-pro"

    /// Whether the model has Seedream 4's schema, which comes from fal.
    var isSeedream4: Bool { self == .edit || self == .textToImage }

    /// The names of the schema's fields.
    var fields: Set<String> {
        let own: Set<String> =
            isSeedream4
            ? ["num_images", "sync_mode", "enable_safety_checker"]
            : ["image_urls", "response_format", "watermark"]
        return own.union(["model", "prompt", "image_size", "seed"])
            .union(self == .edit ? ["image_urls"] : [])
    }

    /// The number of items in `image_urls`.
    var inputs: ClosedRange<Int> { isSeedream4 ? 1...10 : 1...14 }

    /// The range of the sides in `image_size`, in px.
    var sides: ClosedRange<Int> {
        switch self {
        case .edit, .textToImage: 1024...4096
        case .seedream45, .seedream5Lite: 1440...4096
        case .seedream5Pro: 1024...2752
        }
    }

    /// The names that `image_size` accepts.
    var sizeNames: [String] {
        switch self {
        case .edit, .textToImage: OutputSize.names
        case .seedream45, .seedream5Lite: ["2K", "4K"]
        case .seedream5Pro: ["1.5K", "2K"]
        }
    }

    /// The size of the result if the request states none.
    var defaultSize: AIMLInput.Size {
        isSeedream4 ? .named("square_hd") : .pixels(PixelSize(width: 2048, height: 2048))
    }
}

/// A request's body, checked against the model's schema; like zod, the check collects every
/// violation.
struct AIMLInput: Sendable {
    /// The value of `image_size`.
    enum Size: Hashable, Sendable {
        case named(String)
        case pixels(PixelSize)
    }

    let model: AIMLModel
    private(set) var prompt = ""
    private(set) var imageURLs: [String] = []
    private(set) var size: Size
    private(set) var count = 1
    private(set) var seed: Int?
    /// Whether `url` is to contain a data URI (`sync_mode`).
    private(set) var isInline = false
    /// Whether `response_format` is `b64_json`.
    private(set) var isBase64 = false
    private(set) var isWatermarked = false

    private static let promptLength = 4000

    /// Parses and checks a body.
    ///
    /// The messages are zod's. That they end in the field's name is a guess, because the documented
    /// example lacks it. `null` is refused for optional fields, as in zod, and `num_images` must be
    /// an integer; both are guesses.
    init(_ body: JSONValue, unknownFields: Ambiguities.UnknownFields) throws(AIMLError) {
        guard let members = body.object else {
            throw .validation(["Expected object, received \(Self.type(of: body))"])
        }
        guard let name = members["model"] else { throw .validation([#"Required at "model""#]) }
        guard let model = name.string.flatMap(AIMLModel.init(rawValue:)) else {
            throw .validation([
                Self.enumeration(AIMLModel.allCases.map(\.rawValue), name) + #" at "model""#
            ])
        }
        self.model = model
        size = model.defaultSize

        var issues: [String] = []
        func refuse(_ field: String, _ text: String) { issues.append("\(text) at \"\(field)\"") }
        func expected(_ kind: String, _ field: String, _ value: JSONValue) {
            refuse(field, "Expected \(kind), received \(Self.type(of: value))")
        }
        func integer(_ field: String, _ value: JSONValue?, in range: ClosedRange<Int>?) -> Int? {
            guard let value else { return nil }
            guard let number = value.integer else {
                if value.number == nil {
                    expected("number", field, value)
                } else {
                    refuse(field, "Expected integer, received float")
                }
                return nil
            }
            if let range, number < range.lowerBound {
                refuse(field, "Number must be greater than or equal to \(range.lowerBound)")
            } else if let range, number > range.upperBound {
                refuse(field, "Number must be less than or equal to \(range.upperBound)")
            }
            return number
        }
        func bool(_ field: String) -> Bool? {
            guard model.fields.contains(field), let value = members[field] else { return nil }
            if value.bool == nil { expected("boolean", field, value) }
            return value.bool
        }

        switch members["prompt"] {
        case nil: refuse("prompt", "Required")
        case .string(let text)?:
            prompt = text
            if text.utf16.count > Self.promptLength {
                refuse("prompt", "String must contain at most \(Self.promptLength) character(s)")
            }
        case let other?: expected("string", "prompt", other)
        }
        if model.fields.contains("image_urls") {
            switch members["image_urls"] {
            case nil: if model == .edit { refuse("image_urls", "Required") }
            case .array(let elements)?:
                if elements.count < model.inputs.lowerBound {
                    refuse(
                        "image_urls", "Array must contain at least \(model.inputs.lowerBound) element(s)")
                } else if elements.count > model.inputs.upperBound {
                    refuse("image_urls", "Array must contain at most \(model.inputs.upperBound) element(s)")
                }
                for (index, element) in elements.enumerated() {
                    if let text = element.string {
                        imageURLs.append(text)
                    } else {
                        expected("string", "image_urls[\(index)]", element)
                    }
                }
            case let other?: expected("array", "image_urls", other)
            }
        }
        switch members["image_size"] {
        case nil: break
        case .string(let text)?:
            if model.sizeNames.contains(text) {
                size = .named(text)
            } else {
                refuse("image_size", Self.enumeration(model.sizeNames, .string(text)))
            }
        case .object(let sides)?:
            // For the newer models, each side defaults to 2048 px.
            let missing: JSONValue? = model.isSeedream4 ? nil : 2048
            for side in ["width", "height"] where sides[side] ?? missing == nil {
                refuse("image_size.\(side)", "Required")
            }
            if let width = integer("image_size.width", sides["width"] ?? missing, in: model.sides),
                let height = integer("image_size.height", sides["height"] ?? missing, in: model.sides)
            {
                size = .pixels(PixelSize(width: width, height: height))
            }
        case let other?: expected("object", "image_size", other)
        }
        if model.isSeedream4 {
            count = integer("num_images", members["num_images"], in: 1...4) ?? 1
        } else if let format = members["response_format"] {
            if !["url", "b64_json"].contains(format.string) {
                refuse("response_format", Self.enumeration(["url", "b64_json"], format))
            }
            isBase64 = format == "b64_json"
        }
        seed = integer("seed", members["seed"], in: model.isSeedream4 ? 1...Int.max : nil)
        isInline = bool("sync_mode") ?? false
        _ = bool("enable_safety_checker")
        isWatermarked = bool("watermark") ?? false
        let unknown = Set(members.keys).subtracting(model.fields).sorted()
        if unknownFields == .refused, !unknown.isEmpty {
            issues.append(
                "Unrecognized key(s) in object: \(unknown.map { "'\($0)'" }.joined(separator: ", "))")
        }
        guard issues.isEmpty else { throw .validation(issues) }
    }

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, automatic: Ambiguities.AutomaticSize) -> PixelSize {
        switch size {
        case .pixels(let size): return size
        case .named("1.5K"):
            return OutputSize.shaped(automatic == .firstImage ? first : nil, area: 1536 * 1536)
        case .named("2K"): return OutputSize.shaped(automatic == .firstImage ? first : nil, area: 2048 * 2048)
        case .named("4K"): return OutputSize.shaped(automatic == .firstImage ? first : nil, area: 4096 * 4096)
        case .named(let name): return OutputSize.preset(name, first: first, automatic: automatic)
        }
    }

    private static func enumeration(_ values: [String], _ received: JSONValue) -> String {
        guard let text = received.string else { return "Expected string, received \(type(of: received))" }
        return
            "Invalid enum value. Expected \(values.map { "'\($0)'" }.joined(separator: " | ")), received '\(text.prefix(200))'"
    }

    /// Returns the name of a value's type in JavaScript.
    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
