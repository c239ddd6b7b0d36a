import Pixels
import SeedreamModel

/// What the providers' code asks of a row of the model table.
extension ModelEntry {
    /// The use of input images by one of the model's IDs.
    enum ImageUse {
        /// The ID is for text-to-image only.
        case absent
        /// The ID is for edits and for text-to-image.
        case optional
        /// The ID is for edits only.
        case required
    }

    /// Returns the use of input images by an ID. Of the model's other IDs, those that end in
    /// `/edit` are for edits, as fal names them.
    func imageUse(of id: String) -> ImageUse {
        if editID == nil { return .absent }
        if generateID == nil { return .required }
        if editID == generateID { return .optional }
        return id == editID || (id != generateID && id.hasSuffix("/edit")) ? .required : .absent
    }

    /// Returns whether the model is known to have a field.
    func has(_ field: ModelField) -> Bool { fields?.value.has.contains(field) ?? false }

    /// Returns whether the model is known to lack a field.
    func lacks(_ field: ModelField) -> Bool { fields?.value.lacks.contains(field) ?? false }

    /// The areas that the model makes, in px². An unknown bound is the emulator's own.
    var areas: ClosedRange<Int> {
        guard let area = output?.value.area else { return 1...OutputSize.largestArea }
        guard area.upperBound == .max else { return area }
        return area.lowerBound...max(area.lowerBound, OutputSize.largestArea)
    }

    /// The size of a result if the request states none: 2048x2048, or the nearest square that the
    /// model makes.
    var defaultSize: PixelSize {
        let areas = areas
        var side = 2048
        if side * side > areas.upperBound { side = Int(Double(areas.upperBound).squareRoot()) }
        if side * side < areas.lowerBound {
            side = Int(Double(areas.lowerBound).squareRoot().rounded(.up))
        }
        return PixelSize(width: side, height: side)
    }

    /// Returns the maximum ratio of the long side of a result to the short one.
    func maximumOutputRatio(_ open: Ambiguities) -> Double {
        output?.value.maximumRatio ?? open.maximumOutputRatio
    }

    /// Returns the maximum ratio of the long side of an input image to the short one.
    func maximumInputRatio(_ open: Ambiguities) -> Double {
        inputs?.value.maximumRatio ?? open.maximumAspectRatio
    }
}

// MARK: Transparent backgrounds

extension ModelEntry {
    /// The reason why a model refuses a transparent background.
    enum TransparencyProblem {
        /// The result would not be a PNG.
        case format
        /// The model makes only the background of its one input transparent.
        case inputs(count: Int)
        /// The one input is not a PNG with an alpha channel.
        case opaqueInput

        /// The reason in words.
        var message: String {
            switch self {
            case .format: "a transparent background requires output_format 'png'"
            case .inputs(let count):
                "a transparent background requires exactly one image, a PNG with alpha, got \(count)"
            case .opaqueInput: "a transparent background requires a PNG image with an alpha channel"
            }
        }
    }

    /// Whether the model has the field `background`.
    var hasBackground: Bool { has(.background) || has(.backgroundOfInput) }

    /// Returns the problem of a request for a transparent background that shows before its images
    /// are read; `nil` without one.
    ///
    /// ByteDance's SDK (arkruntime 0.17.0) documents the rule for the background of an input, and
    /// docs.comfy.org's copy of the schema of 5.5 that for any background.
    ///
    /// - Parameters:
    ///   - format: The value of `output_format`, if there is one.
    ///   - count: The number of input images.
    func transparencyProblem(format: ResultFormat?, inputs count: Int) -> TransparencyProblem? {
        if has(.background) { return format == .jpeg ? .format : nil }
        if format != .png { return .format }
        return count == 1 ? nil : .inputs(count: count)
    }

    /// Returns the problem that shows in the images; `nil` without one.
    func transparencyProblem(in inputs: [InputImage]) -> TransparencyProblem? {
        has(.background) || inputs.allSatisfy(\.isTransparentPNG) ? nil : .opaqueInput
    }
}
