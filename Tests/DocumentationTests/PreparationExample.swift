// The lines between the markers are a Swift block of docs/swift.md; `DocumentTests` compares them.
// swift-preparation start
import ImagePreparation
import SeedreamModel

/// Returns data URIs for a request, in the order of the prompt's "image 1", "image 2" and so on.
func dataURIs(of paths: [String]) async throws -> [String] {
    let preparer = ImagePreparer(constraints: .seedream4)
    let inputs = paths.map { ImageInput.file($0) }

    let plan = try preparer.plan(inputs)  // headers only: what would happen to each, and why
    for image in plan.images { print(image.position, image.source.name, image.action, image.reasons) }
    for input in plan.failed { print(input.name, input.code.rawValue, input.message) }

    let batch = try await preparer.prepare(inputs)  // pixels; throws if any input fails
    for image in batch.images { print(image.mediaType.rawValue, image.size, image.bytes.count, image.sha256) }
    return batch.images.map(\.dataURI.string)
}
// swift-preparation end
