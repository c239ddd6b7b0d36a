package import Pixels
package import SeedreamModel

/// The size of a result.
extension RequestChecks {
    /// Returns the size to ask for: a preset only if the model has it.
    ///
    /// A preset with a size in px becomes that size where the model has no such name. An automatic
    /// one is rejected or, if leniency allows it, replaced by the first image's aspect ratio: its
    /// meaning is not documented.
    package mutating func offeredSize() throws(RequestError) -> OutputSize {
        guard case .preset(let preset) = request.size else { return request.size }
        if limits.presets.contains(preset) { return request.size }
        if let pixels = preset.pixels { return .pixels(pixels) }
        let tier = preset.tier.flatMap { limits.tiers?.contains($0) == false ? nil : $0 } ?? .k2
        try leaveOut("size", instead: "the first image's aspect ratio is requested, at \(tier.rawValue)")
        return .matchFirstImage(tier)
    }

    /// Returns the size to send in px, checked against the limits; `nil` for a preset.
    ///
    /// A size below the minimum area is sent, with a warning about the predicted size, if the
    /// provider enlarges it; otherwise it is rejected.
    ///
    /// - Parameter wanted: The size to check, as ``offeredSize()`` returns it.
    /// - Returns: The size to ask for, and the predicted size of the result.
    package mutating func size(of wanted: OutputSize)
        throws(RequestError) -> (asked: PixelSize, predicted: PixelSize)?
    {
        try checkTier(of: wanted)
        let first = request.images.first?.size
        if case .matchFirstImage = wanted, !request.images.isEmpty, first == nil {
            warn(
                .shapeUnknown, "size",
                "the first image is a URL, so its aspect ratio is unknown and a square is requested")
        }
        guard var size = wanted.pixels(first: first, maximumSide: limits.sides?.upperBound) else {
            return nil
        }
        guard size.shortSide > 0 else {
            throw RequestError(
                field: "size", message: "expected sides of 1 px or more, found \(size)",
                hint: "ask for 2048x2048, or for an aspect ratio such as 16:9@2K")
        }
        if case .pixels = wanted {} else { adjustToSides(&size) }
        if let sides = limits.sides, !(sides.contains(size.width) && sides.contains(size.height)) {
            throw RequestError(
                field: "size",
                message: "expected sides of \(sides.lowerBound) to \(sides.upperBound) px, found \(size)",
                hint: "ask \(provider.displayName) for another size")
        }
        if let most = limits.maximumRatio, Double(size.longSide) > most * Double(size.shortSide) {
            let limit = most.formattedShortly
            throw RequestError(
                field: "size", message: "expected an aspect ratio of 1:\(limit) to \(limit):1, found \(size)",
                hint: "ask \(provider.displayName) for a less extreme aspect ratio")
        }
        return (size, try checkArea(of: size))
    }

    /// Checks that the model has the tier of a size.
    func checkTier(of size: OutputSize) throws(RequestError) {
        guard let tier = size.tier, let tiers = limits.tiers, !tiers.contains(tier) else { return }
        let names = tiers.map(\.rawValue)
        let list =
            names.count > 1
            ? "\(names.dropLast().joined(separator: ", ")) or \(names[names.count - 1])" : names.joined()
        throw RequestError(
            field: "size", message: "expected \(list) for \(name), found \(tier.rawValue)",
            hint: "ask for one of these, or choose another model")
    }

    /// Enlarges a size of which only the aspect ratio was requested to the nearest supported size.
    private mutating func adjustToSides(_ size: inout PixelSize) {
        guard let sides = limits.sides, size.shortSide < sides.lowerBound else { return }
        let scale = Double(sides.lowerBound) / Double(size.shortSide)
        let long = min(Int((Double(size.longSide) * scale).rounded()), sides.upperBound)
        let taken =
            size.width <= size.height
            ? PixelSize(width: sides.lowerBound, height: long)
            : PixelSize(width: long, height: sides.lowerBound)
        warn(
            .sizeAdjusted, "size",
            "\(size) has a side below \(sides.lowerBound) px: \(taken) is requested")
        size = taken
    }

    /// Checks the area of a size, and returns the predicted size of the result.
    private mutating func checkArea(of size: PixelSize) throws(RequestError) -> PixelSize {
        guard let area = limits.area, !area.contains(size.area) else {
            if limits.area?.upperBound == .max, let tier = limits.tiers?.last,
                size.area > tier.side * tier.side
            {
                warn(
                    .effectUnknown, "size", "no document gives the largest size of \(name): it is not checked"
                )
            }
            return size
        }
        guard size.area < area.lowerBound else {
            let side = Int(Double(area.upperBound).squareRoot())
            throw RequestError(
                field: "size",
                message: "expected at most \(area.upperBound) px², found \(size) (\(size.area) px²)",
                hint: "ask for \(side)x\(side) or less")
        }
        guard limits.enlarges.contains(request.operation), let predicted = enlarged(size, to: area) else {
            let side = Int(Double(area.lowerBound).squareRoot().rounded(.up))
            throw RequestError(
                field: "size",
                message: "expected at least \(area.lowerBound) px², found \(size) (\(size.area) px²)",
                hint: "ask for \(side)x\(side) or more")
        }
        warn(
            .sizeAdjusted, "size",
            "\(size) is below \(area.lowerBound) px²: the provider will produce \(predicted)")
        return predicted
    }

    /// Returns the size that a provider is expected to make of one below its minimum area.
    func enlarged(_ size: PixelSize, to area: ClosedRange<Int>) -> PixelSize? {
        var constraints = InputConstraints.seedream4
        (constraints.minimumArea, constraints.maximumArea) = (area.lowerBound, area.upperBound)
        constraints.maximumAspectRatio = 1e6
        return try? constraints.targetSize(for: size)
    }
}

extension OutputSize {
    /// The tier that the size names; `nil` if it names none.
    fileprivate var tier: SizeTier? {
        switch self {
        case .matchFirstImage(let tier), .aspect(_, let tier): tier
        case .preset, .pixels: nil
        }
    }
}

extension SizePreset {
    /// The tier that the name of an automatic preset states.
    fileprivate var tier: SizeTier? {
        switch self {
        case .auto1K: .k1
        case .auto1_5K: .k1_5
        case .auto2K: .k2
        case .auto3K: .k3
        case .auto4K: .k4
        default: nil
        }
    }
}
