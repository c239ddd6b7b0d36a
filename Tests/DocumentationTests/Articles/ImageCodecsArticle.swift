// The Swift blocks of the article in Sources/ImageCodecs/Documentation.docc.
// `CatalogueTests` compares them.
import ImageCodecs
import ImagePreparation
import SeedreamModel

/// Prepares an image that a stranger uploaded, within limits tighter than the defaults.
func preparedUpload(_ bytes: [UInt8]) async throws -> PreparedBatch {
    var options = PreparationOptions()
    options.limits.maximumInputBytes = 20_000_000  // bytes
    options.limits.maximumPixels = 50_000_000  // px²
    options.limits.maximumDecodeMemory = 256 << 20  // bytes
    options.limits.maximumCPUSeconds = 5
    let preparer = ImagePreparer(constraints: .seedream4, options: options)
    return try await preparer.prepare([.bytes(bytes, name: "upload")])
}

/// Returns the names of the file formats that this build reads: "JPEG", "PNG" and so on.
func readableFormats() -> [String] {
    ImageFormat.allCases.filter { $0.isReadable && $0 != .rgba8 }.map(\.displayName)
}
