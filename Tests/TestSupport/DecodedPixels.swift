private import Foundation
package import ImageCodecs
public import Pixels

/// An image decoded by the project's row reader and expanded to RGBA.
public struct DecodedPixels: Equatable, Sendable {
    /// The size as stored.
    public var size: PixelSize
    /// Rows of RGBA with straight alpha, 4 bytes per pixel.
    public var rgba: [UInt8]

    /// Wraps samples.
    public init(size: PixelSize, rgba: [UInt8]) {
        self.size = size
        self.rgba = rgba
    }

    /// Decodes encoded bytes.
    public init(_ bytes: [UInt8]) throws { try self.init(EncodedSource(bytes)) }

    /// Decodes a source.
    package init(_ source: EncodedSource) throws {
        var limits = DecodeLimits()
        limits.maximumDecodeMemory = 4 << 30
        let probe = try Prober.probe(source, limits: limits)
        let decoded = try RowReaders.withReader(of: source, probe: probe, limits: limits) { reader in
            let channels = reader.channels
            var rgba = [UInt8](repeating: 255, count: reader.size.area * 4)
            var row = [UInt8](repeating: 0, count: reader.size.width * channels)
            let width = reader.size.width
            for y in 0..<reader.size.height {
                try row.withUnsafeMutableBufferPointer { row in
                    guard let row = row.baseAddress else { return }
                    try reader.readRow(into: row)
                    rgba.withUnsafeMutableBufferPointer { rgba in
                        guard let all = rgba.baseAddress else { return }
                        Self.expand(row, channels, to: all + y * width * 4, count: width)
                    }
                }
            }
            try reader.finish()
            return (reader.size, rgba)
        }
        (size, rgba) = decoded
    }

    /// Expands samples of 1 to 4 channels to RGBA. Without an alpha channel, the alpha of `pixels`
    /// stays.
    ///
    /// A plain loop over pointers, because tests are built without optimisation.
    private static func expand(
        _ samples: UnsafePointer<UInt8>, _ channels: Int, to pixels: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let (green, blue) = channels < 3 ? (0, 0) : (1, 2)
        let hasAlpha = channels == 2 || channels == 4
        var (from, to, x) = (samples, pixels, 0)
        while x < count {
            to[0] = from[0]
            to[1] = from[green]
            to[2] = from[blue]
            if hasAlpha { to[3] = from[channels - 1] }
            from += channels
            to += 4
            x += 1
        }
    }

    /// SHA-256 of the rows, 64 hexadecimal digits.
    public var sha256: String { sha256Text(rgba) }

    /// Returns the image rotated and mirrored as the orientation states, sample by sample.
    public func displayed(_ orientation: Orientation) -> DecodedPixels {
        let shown = orientation.displaySize(of: size)
        var result = DecodedPixels(size: shown, rgba: [UInt8](repeating: 0, count: rgba.count))
        for y in 0..<shown.height {
            for x in 0..<shown.width {
                let (column, row): (Int, Int) =
                    switch orientation {
                    case .topLeft: (x, y)
                    case .topRight: (size.width - 1 - x, y)
                    case .bottomRight: (size.width - 1 - x, size.height - 1 - y)
                    case .bottomLeft: (x, size.height - 1 - y)
                    case .leftTop: (y, x)
                    case .rightTop: (y, size.height - 1 - x)
                    case .rightBottom: (size.width - 1 - y, size.height - 1 - x)
                    case .leftBottom: (size.width - 1 - y, x)
                    }
                for channel in 0..<4 {
                    result.rgba[(y * shown.width + x) * 4 + channel] =
                        rgba[(row * size.width + column) * 4 + channel]
                }
            }
        }
        return result
    }

    /// Returns the peak signal-to-noise ratio over red, green and blue, in dB; infinite for equal
    /// images.
    public func psnr(_ other: DecodedPixels) -> Double {
        guard size == other.size else { return -.infinity }
        let count = rgba.count
        let sum = rgba.withUnsafeBufferPointer { one in
            other.rgba.withUnsafeBufferPointer { two in
                var (sum, index) = (0.0, 0)
                guard let one = one.baseAddress, let two = two.baseAddress else { return sum }
                while index < count {
                    let difference = Double(one[index]) - Double(two[index])
                    if index & 3 != 3 { sum += difference * difference }
                    index += 1
                }
                return sum
            }
        }
        return sum == 0 ? .infinity : 10 * (65_025 / (sum / Double(size.area * 3))).log10
    }
}

extension Double {
    /// Returns the common logarithm.
    public var log10: Double { Foundation.log10(self) }
}

/// Returns the cosine, for files that do not import Foundation.
package func cosine(_ angle: Double) -> Double { Foundation.cos(angle) }

/// Returns the power, for files that do not import Foundation.
package func power(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
