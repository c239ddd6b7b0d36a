public import SeedreamClient
public import SeedreamModel

/// One request of a manifest. What is `nil` is as in every other row: the caller's own setting.
public struct ManifestRow: Hashable, Sendable {
    /// What tells the row from all others: its `id`, else the number of its line.
    public var id: String
    /// The line that it begins on, from 1.
    public var line: Int
    /// What is asked for.
    public var prompt: String
    /// The images to edit, in order: paths, http or https URLs, data URIs. None for text to image.
    /// Relative paths of the manifest are joined to its folder.
    public var images: [String]
    /// The provider's id of the model.
    public var model: String?
    /// To whom the request goes.
    public var provider: ProviderID?
    /// The size of the result.
    public var size: OutputSize?
    /// Makes a provider repeat itself, where it can.
    public var seed: Int?
    /// Separate generations, 1 to 1000.
    public var count: Int?
    /// The most images that one generation may make, 1 to 1000.
    public var imagesPerGeneration: Int?
    /// A template for the names of its results.
    public var name: String?
    /// Whether the provider checks prompt and result.
    public var safety: Bool?
    /// How the provider rewrites the prompt.
    public var enhance: PromptEnhancement?
    /// The fields that are none of a manifest's, in their order.
    public var carried: [CarriedField] = []

    /// Makes a row that says nothing but its prompt and its images.
    public init(id: String, line: Int, prompt: String, images: [String] = []) {
        self.id = id
        self.line = line
        self.prompt = prompt
        self.images = images
    }

    /// Changes a request to what the row says; what it leaves open stays. The images are not among
    /// it: they are prepared first.
    public func apply(to request: inout GenerationRequest) {
        request.prompt = prompt
        if let model { request.model = model }
        if let size { request.size = size }
        if let seed { request.seed = seed }
        if let count { request.count = count }
        if let imagesPerGeneration { request.imagesPerGeneration = imagesPerGeneration }
        if let safety { request.safetyChecker = safety }
        if let enhance { request.enhancement = enhance }
    }
}

/// A row of a manifest that cannot be a request. The rows behind it can.
public struct ManifestFailure: Error, Hashable, Sendable {
    /// The id of the row; `nil` where it is not known, and where another row has it already.
    public var id: String?
    /// The line that it begins on, from 1.
    public var line: Int
    /// Expected and found, one line, lower case, no full stop.
    public var message: String
    /// What to do, one line.
    public var hint: String
    /// The fields that are none of a manifest's, as far as they could be read.
    public var carried: [CarriedField] = []

    /// Makes a failure.
    public init(id: String? = nil, line: Int, message: String, hint: String, carried: [CarriedField] = []) {
        (self.id, self.line, self.message, self.hint, self.carried) = (id, line, message, hint, carried)
    }
}

extension ManifestFailure: CustomStringConvertible {
    /// `"line 7: size: expected a size as 2K, found \"big\""`.
    public var description: String { "line \(line): \(message)" }
}

/// What a manifest holds at one place.
public enum ManifestRecord: Hashable, Sendable {
    /// A request.
    case row(ManifestRow)
    /// A row that cannot be one.
    case failure(ManifestFailure)

    /// The line that it begins on, from 1.
    public var line: Int {
        switch self {
        case .row(let row): row.line
        case .failure(let failure): failure.line
        }
    }
}

/// A field of a row that means nothing here and comes back with the result, so that results can be
/// joined to what they came from.
public struct CarriedField: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its value as JSON on one line, as it was written: a number keeps all its digits.
    public let json: String

    /// Carries a value.
    public init(name: String, value: JSONValue) {
        self.name = name
        json = value.text
    }

    /// Carries the JSON that a manifest holds.
    init(name: String, json: some Sequence<UInt8>) {
        self.name = name
        // Within strings JSON has no control characters, and between values they mean what a space
        // means.
        self.json = String(decoding: json.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    /// The value. Of a number with more digits than a `Double` has, only its first.
    public var value: JSONValue { (try? JSONValue(parsing: json.utf8)) ?? .null }
}
