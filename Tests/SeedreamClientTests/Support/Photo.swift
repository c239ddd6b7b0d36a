import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport

/// Photographs of the fixtures, prepared.
enum Photo {
    /// Returns the first `count` of five photographs, prepared for any provider.
    static func prepared(_ count: Int = 1) async throws -> [PreparedImage] {
        let names = ["rocket.jpg", "dandelion.jpg", "coffee.png", "chelsea.png", "dandelion-portrait.jpg"]
        let inputs = names.prefix(count).map { ImageInput.file(Fixtures.path("photos/\($0)")) }
        return try await ImagePreparer().prepare(inputs).images
    }

    /// Returns an edit of the first `count` photographs.
    static func edit(_ prompt: String = "put a hat on it", count: Int = 1) async throws -> GenerationRequest {
        GenerationRequest(prompt: prompt, images: try await prepared(count).map { .prepared($0) })
    }
}

/// Sizes that every provider accepts.
enum PixelSizeOf {
    static let small = PixelSize(width: 1024, height: 1024)
    static let landscape = PixelSize(width: 1600, height: 1200)
}
