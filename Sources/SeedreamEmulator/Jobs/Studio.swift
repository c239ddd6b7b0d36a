import SeedreamModel

/// Where pictures are made: two at a time, so that memory stays bounded.
struct Studio: Sendable {
    /// A picture that was made and stored.
    struct Product: Sendable {
        var file: StoredFile
        var bytes: [UInt8]
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
        try await Task.sleep(for: .seconds(configuration.generationTime))
        var products: [Product] = []
        for index in 0..<order.count {
            let bytes = try await slots.withSlot { try await Self.draw(order, index) }
            let path = path(index)
            let file = try await files.store(
                bytes, path: path, name: path.split(separator: "/").last.map(String.init) ?? path,
                mediaType: order.mediaType.rawValue, lifetime: lifetime ?? configuration.resultLifetime)
            products.append(Product(file: file, bytes: bytes))
        }
        return products
    }

    @concurrent private static func draw(_ order: PictureOrder, _ index: Int) async throws -> [UInt8] {
        try PictureMaker.make(order, index: index)
    }
}
