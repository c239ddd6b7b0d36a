public import SeedreamModel

/// What is done with the images of a row.
public enum RowOperation: String, Hashable, Codable, Sendable, CaseIterable {
    /// One image is prepared and written to a file.
    case prep
    /// The images are prepared, sent with a prompt, and the results are saved.
    case edit
}

/// One request of a manifest. A property that is `nil` leaves the caller's setting unchanged.
public struct ManifestRow: Hashable, Sendable {
    /// The unique id of the row: its `id`, or its line number.
    public var id: String
    /// The line that it starts on, from 1.
    public var line: Int
    /// What is done with the images. Default: `edit`, as for every row of a manifest.
    public var operation = RowOperation.edit
    /// Whether a row that only prepares has no id of its own, and ``id`` is the number of its line.
    public var isNumbered = false
    /// The prompt.
    public var prompt: String
    /// The images to edit, in order: paths, http or https URLs, data URIs; empty for text to image.
    /// Relative paths are already joined to the manifest's folder.
    public var images: [String]
    /// The model: the provider's id, or an alias such as `5.0-pro`.
    public var model: String?
    /// The provider that the request is sent to.
    public var provider: ProviderID?
    /// The size of the result.
    public var size: OutputSize?
    /// The random seed; the same seed and inputs give the same image where the provider supports
    /// it.
    public var seed: Int?
    /// The number of separate generations, 1 to 1000.
    public var count: Int?
    /// The maximum number of images per generation, 1 to 1000.
    public var imagesPerGeneration: Int?
    /// The template for the names of its results.
    public var name: String?
    /// Whether the provider's safety checker is on.
    public var safety: Bool?
    /// The provider's prompt enhancement.
    public var enhance: PromptEnhancement?
    /// The format of the result.
    public var resultFormat: ResultFormat?
    /// The background of the result.
    public var resultBackground: ResultBackground?
    /// How closely the prompt is followed.
    public var guidanceScale: Double?
    /// Whether the image is split into layers.
    public var layers: Bool?
    /// Other fields of the row, in their order.
    public var carried: [CarriedField] = []

    /// Makes a row with a prompt and images and no settings.
    public init(id: String, line: Int, prompt: String, images: [String] = []) {
        self.id = id
        self.line = line
        self.prompt = prompt
        self.images = images
    }

    /// Applies the row's prompt and settings to a request. The images are not included, since they
    /// are prepared first.
    public func apply(to request: inout GenerationRequest) {
        request.prompt = prompt
        if let model { request.model = model }
        if let size { request.size = size }
        if let seed { request.seed = seed }
        if let count { request.count = count }
        if let imagesPerGeneration { request.imagesPerGeneration = imagesPerGeneration }
        if let safety { request.safetyChecker = safety }
        if let enhance { request.enhancement = enhance }
        if let resultFormat { request.resultFormat = resultFormat }
        if let resultBackground { request.resultBackground = resultBackground }
        if let guidanceScale { request.guidanceScale = guidanceScale }
        if let layers { request.splitsLayers = layers }
    }
}

/// A row of a manifest that is not a valid request. It does not affect the rows after it.
public struct ManifestFailure: Error, Hashable, Sendable {
    /// The id of the row; `nil` if it is not known or is already taken by another row.
    public var id: String?
    /// The line that it starts on, from 1.
    public var line: Int
    /// The expected and the found value, one line.
    public var message: String
    /// What to do, one line.
    public var hint: String
    /// Other fields of the row, as far as they could be read.
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

/// A row of a manifest, valid or not.
public enum ManifestRecord: Hashable, Sendable {
    /// A valid request.
    case row(ManifestRow)
    /// A row that is not a valid request.
    case failure(ManifestFailure)

    /// The id of the row; if it is not known, the number of its line.
    var id: String {
        switch self {
        case .row(let row): row.id
        case .failure(let failure): failure.id ?? "\(failure.line)"
        }
    }

    /// The line that it starts on, from 1.
    public var line: Int {
        switch self {
        case .row(let row): row.line
        case .failure(let failure): failure.line
        }
    }
}

/// A field of a row that is copied to its result unchanged, so that results can be joined to their
/// source.
public struct CarriedField: Hashable, Sendable {
    /// The name of the field.
    public let name: String
    /// The value as JSON on one line, as it was written: a number keeps all its digits.
    public let json: String

    /// Makes a field of a value.
    public init(name: String, value: JSONValue) {
        self.name = name
        json = value.text
    }

    /// Makes a field of the JSON text in a manifest.
    init(name: String, json: some Sequence<UInt8>) {
        self.name = name
        // JSON strings contain no raw control characters, and between values they mean the same as
        // a space.
        self.json = String(decoding: json.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    /// The value. A number with more digits than a `Double` holds is rounded.
    public var value: JSONValue { (try? JSONValue(parsing: json.utf8)) ?? .null }
}
