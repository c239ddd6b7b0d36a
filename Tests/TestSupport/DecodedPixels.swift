private import Foundation
package import ImageCodecs
public import Pixels

/// A picture decoded by the project's own row reader, expanded to RGBA.
public struct DecodedPixels: Equatable, Sendable {
    /// As stored.
    public var size: PixelSize
    /// Rows of straight RGBA, 4 bytes a pixel.
    public var rgba: [UInt8]

    /// From samples.
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
            for y in 0..<reader.size.height {
                try row.withUnsafeMutableBufferPointer { buffer in
                    if let base = buffer.baseAddress { try reader.readRow(into: base) }
                }
                for x in 0..<reader.size.width {
                    let to = (y * reader.size.width + x) * 4
                    for channel in 0..<3 {
                        rgba[to + channel] = row[x * channels + (channels < 3 ? 0 : channel)]
                    }
                    if channels.isMultiple(of: 2) { rgba[to + 3] = row[x * channels + channels - 1] }
                }
            }
            try reader.finish()
            return (reader.size, rgba)
        }
        (size, rgba) = decoded
    }

    /// SHA-256 of the rows, 64 hexadecimal digits.
    public var sha256: String { sha256Text(rgba) }

    /// The picture turned as the orientation says, sample by sample: the plain definition.
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

    /// Peak signal-to-noise ratio over red, green and blue, in dB; infinite for equal pictures.
    public func psnr(_ other: DecodedPixels) -> Double {
        guard size == other.size else { return -.infinity }
        var sum = 0.0
        for index in rgba.indices where index & 3 != 3 {
            let difference = Double(rgba[index]) - Double(other.rgba[index])
            sum += difference * difference
        }
        return sum == 0 ? .infinity : 10 * (65_025 / (sum / Double(size.area * 3))).log10
    }
}

extension Double {
    /// The common logarithm.
    public var log10: Double { Foundation.log10(self) }
}

/// The cosine, for files that do not import Foundation.
package func cosine(_ angle: Double) -> Double { Foundation.cos(angle) }

/// The power, for files that do not import Foundation.
package func power(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
