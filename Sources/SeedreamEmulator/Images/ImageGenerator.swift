import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An image that has been generated and stored.
struct StoredImage: Sendable {
    var file: StoredFile
    var bytes: [UInt8]

    var base64: String { Data(bytes).base64EncodedString() }
    var dataURI: String { "data:\(file.mediaType);base64,\(base64)" }
}

/// Generates and stores images, two at a time, which bounds memory.
struct ImageGenerator: Sendable {
    let files: FileStore
    let configuration: EmulatorConfiguration
    private let semaphore = Semaphore(2)

    init(files: FileStore, configuration: EmulatorConfiguration) {
        self.files = files
        self.configuration = configuration
    }

    /// Generates and stores all images of an order.
    ///
    /// - Parameters:
    ///   - lifetime: The time for which they can be fetched, in seconds;
    ///     ``EmulatorConfiguration/resultLifetime`` if `nil`.
    ///   - path: Returns the path of the image with the given index.
    /// - Throws: `CancellationError`, or an error of the codecs.
    func make(
        _ order: ImageOrder, lifetime: Double? = nil, path: @Sendable (Int) -> String
    ) async throws -> [StoredImage] {
        try await waitMinimumTime()
        var images: [StoredImage] = []
        for index in 0..<order.count {
            images.append(try await makeImage(order, index: index, lifetime: lifetime, path: path(index)))
        }
        return images
    }

    /// Waits for the minimum time that generating the images of a request takes.
    func waitMinimumTime() async throws { try await Pause.sleep(seconds: configuration.generationTime) }

    /// Generates and stores one image of an order, without the minimum wait.
    func makeImage(
        _ order: ImageOrder, index: Int, lifetime: Double? = nil, path: String
    ) async throws -> StoredImage {
        let bytes = try await semaphore.withPermit { try await Self.draw(order, index) }
        let file = try await files.store(
            bytes, path: path, name: path.split(separator: "/").last.map(String.init) ?? path,
            mediaType: order.mediaType.rawValue, lifetime: lifetime ?? configuration.resultLifetime)
        return StoredImage(file: file, bytes: bytes)
    }

    @concurrent private static func draw(_ order: ImageOrder, _ index: Int) async throws -> [UInt8] {
        try ImageRenderer.make(order, index: index)
    }
}
