package import Pixels

/// The format of a planar image: its colour model, size and planes.
package struct PlaneFormat: Hashable, Sendable {
    /// The colour model of the first one or three planes.
    package enum Model: Hashable, Sendable {
        case grey
        /// ITU-R BT.601 Y'CbCr, full range, with centred chroma: the model of JPEG (JFIF).
        case yCbCr
        case rgb
    }

    /// The primaries of the colours. The curve is that of sRGB.
    package enum Primaries: Hashable, CaseIterable, Sendable {
        case bt709
        case displayP3
    }

    package var model: Model
    /// The size of the image and of its full-resolution planes, in px.
    package var size: PixelSize
    /// The subsampling of planes 1 and 2 if `model` is `yCbCr`; otherwise `full`.
    package var subsampling: ChromaSubsampling
    /// Whether the last plane holds straight (not premultiplied) alpha.
    package var hasAlpha: Bool
    package var primaries: Primaries

    package init(
        _ model: Model, size: PixelSize, subsampling: ChromaSubsampling = .full, hasAlpha: Bool = false,
        primaries: Primaries = .bt709
    ) {
        self.model = model
        self.size = size
        self.subsampling = model == .yCbCr ? subsampling : .full
        self.hasAlpha = hasAlpha
        self.primaries = primaries
    }

    /// The number of planes, alpha included: 1 to 4.
    package var planeCount: Int { (model == .grey ? 1 : 3) + (hasAlpha ? 1 : 0) }

    /// Returns the subsampling of a plane.
    package func subsampling(ofPlane plane: Int) -> ChromaSubsampling {
        plane == 1 || plane == 2 ? subsampling : .full
    }

    /// Returns the size of a plane in samples. If the image's side is odd, the last chroma sample
    /// covers the rest.
    package func size(ofPlane plane: Int) -> PixelSize {
        let shift = subsampling(ofPlane: plane)
        return PixelSize(
            width: size.width.dividedRoundingUp(by: 1 << shift.horizontalShift),
            height: size.height.dividedRoundingUp(by: 1 << shift.verticalShift))
    }

    /// The format with its sides rounded up to whole chroma samples.
    package var paddedToChroma: PlaneFormat {
        var padded = self
        padded.size.width = size.width.roundedUp(toMultipleOf: 1 << subsampling.horizontalShift)
        padded.size.height = size.height.roundedUp(toMultipleOf: 1 << subsampling.verticalShift)
        return padded
    }

    /// The format with rows and columns exchanged.
    package var transposed: PlaneFormat {
        var turned = self
        turned.size = size.transposed
        turned.subsampling = subsampling.transposed
        return turned
    }
}

extension Int {
    package func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
    package func roundedUp(toMultipleOf step: Int) -> Int { dividedRoundingUp(by: step) * step }
}

/// The storage of a sample. Both types use the full range.
package enum SampleType: Hashable, Sendable {
    /// 8 bits.
    case byte
    /// 16 bits, native byte order.
    case word

    /// The number of bytes per sample.
    package var bytes: Int { self == .byte ? 1 : 2 }
}

/// A rectangle in an image, in px, possibly fractional.
package struct PixelRegion: Hashable, Sendable {
    package var left: Double
    package var top: Double
    package var width: Double
    package var height: Double

    package init(left: Double = 0, top: Double = 0, width: Double, height: Double) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// Creates the region of a whole image.
    package init(_ size: PixelSize) {
        self.init(width: Double(size.width), height: Double(size.height))
    }
}
