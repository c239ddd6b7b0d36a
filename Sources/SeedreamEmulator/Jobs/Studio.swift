import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where pictures are made: two at a time, so that memory stays bounded.
struct Studio: Sendable {
    /// A picture that was made and stored.
    struct Product: Sendable {
        var file: StoredFile
        var bytes: [UInt8]

        var base64: String { Data(bytes).base64EncodedString() }
        var dataURI: String { "data:\(file.mediaType);base64,\(base64)" }
    }

    let files: FileStore
    let configuration: EmulatorConfiguration
    private let slots = Slots(2)

    init(files: FileStore, configuration: EmulatorConfiguration) {
        self.files = files
        self.configuration = configuration
    }

    /// Makes all of an order's pictures and stores them.
    ///
    /// - Parameters:
    ///   - lifetime: Seconds for which they can be fetched; the configured time when `nil`.
    ///   - path: Gives the path of a picture from its index.
    /// - Throws: `CancellationError`, or what the codecs throw.
    func make(
        _ order: PictureOrder, lifetime: Double? = nil, path: @Sendable (Int) -> String
    ) async throws -> [Product] {
        try await begin()
        var products: [Product] = []
        for index in 0..<order.count {
            products.append(try await picture(order, index: index, lifetime: lifetime, path: path(index)))
        }
        return products
    }

    /// Waits as long as the pictures of a request take at least.
    func begin() async throws { try await Pause.sleep(seconds: configuration.generationTime) }

    /// Makes one of an order's pictures and stores it, without the wait.
    func picture(
        _ order: PictureOrder, index: Int, lifetime: Double? = nil, path: String
    ) async throws -> Product {
        let bytes = try await slots.withSlot { try await Self.draw(order, index) }
        let file = try await files.store(
            bytes, path: path, name: path.split(separator: "/").last.map(String.init) ?? path,
            mediaType: order.mediaType.rawValue, lifetime: lifetime ?? configuration.resultLifetime)
        return Product(file: file, bytes: bytes)
    }

    @concurrent private static func draw(_ order: PictureOrder, _ index: Int) async throws -> [UInt8] {
        try PictureMaker.make(order, index: index)
    }
}
