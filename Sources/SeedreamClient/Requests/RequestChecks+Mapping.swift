import Pixels
import SeedreamModel

/// Steps of a mapping that some hosts share.
extension RequestChecks {
    /// The id of the model: the request's, or the host's default.
    func model() throws(RequestError) -> String {
        let name =
            request.model ?? (request.operation == .edit ? limits.editModel : limits.generateModel)
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw RequestError(
                field: "model", message: "expected the id of a model, found an empty text",
                hint: "leave it out for Seedream 4")
        }
        return name
    }

    /// The size for a host that has no automatic ones. What they mean stands in no document, so
    /// that they are refused, or, where that is allowed, replaced by the first image's shape.
    mutating func sizeWithoutAutomatic() throws(RequestError) -> OutputSize {
        guard case .preset(let preset) = request.size, preset.pixels == nil else { return request.size }
        let tier: SizeTier = preset == .auto4K ? .k4 : .k2
        try leaveOut("size", instead: "the first image's shape is asked for, at \(tier.rawValue)")
        return .matchFirstImage(tier)
    }

    /// The size for a host that has no names for sizes: a preset is the pixels that fal's toolkit
    /// gives it.
    mutating func sizeWithoutPresets() throws(RequestError) -> OutputSize {
        let size = try sizeWithoutAutomatic()
        guard case .preset(let preset) = size, let pixels = preset.pixels else { return size }
        return .pixels(PixelSize(width: pixels.width, height: pixels.height))
    }
}
