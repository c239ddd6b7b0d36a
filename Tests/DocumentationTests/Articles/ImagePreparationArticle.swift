// The Swift blocks of the article in Sources/ImagePreparation/Documentation.docc.
// `CatalogueTests` compares them.
import ImagePreparation
import Pixels
import SeedreamModel

/// Returns one line for each file: what would be sent and why, or why it cannot be prepared.
func planned(_ paths: [String]) throws -> [String] {
    let preparer = ImagePreparer(constraints: .seedream4)
    let plan = try preparer.plan(paths.map { .file($0) })
    return plan.images.map { image in
        "\(image.source.name): \(image.action.rawValue), \(image.size), \(image.reasons.map(\.phrase))"
    } + plan.failed.map { "\($0.name): \($0.message); \($0.hint)" }
}

/// Returns the images of one request, in the order of "image 1", "image 2" in its prompt.
func prepared(_ paths: [String], for provider: ProviderID) async throws -> [PreparedImage] {
    var constraints = InputConstraints.profile(named: provider.rawValue) ?? .seedream4
    constraints.fit = .pad  // an image longer than 3:1 gets bands instead of being refused
    var options = PreparationOptions()
    options.background = .black
    options.quality = 90  // of images that are re-encoded, 1 to 100
    let preparer = ImagePreparer(constraints: constraints, options: options)
    do {
        return try await preparer.prepare(paths.map { .file($0) }).images
    } catch let failure as PreparationFailure {
        for input in failure.inputs { print("\(input.name): \(input.message); \(input.hint)") }
        throw failure
    }
}

/// Prepares each file for its own request, and returns the length of all results in bytes.
func preparedLength(of paths: [String]) async throws -> Int {
    var length = 0
    let preparer = ImagePreparer(constraints: .seedream4)
    try await preparer.prepareEach(paths.map { .file($0) }) { outcome in
        switch outcome {
        case .prepared(let image): length += image.bytes.count
        case .failed(let input): print("\(input.name): \(input.code.rawValue): \(input.message)")
        }
    }
    return length
}
