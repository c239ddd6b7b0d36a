private import Foundation
package import PixelEngine
import Pixels

/// Separable Lanczos3 in double precision, straight from its definition: the reference for the
/// resampling engine.
package enum LanczosReference {
    /// Resizes one plane of an image.
    ///
    /// - Parameter shift: Shifts the result by this number of source samples, to show that a test
    ///   would notice.
    package static func resize(
        _ picture: PlaneImage, plane: Int, to target: PlaneFormat, shift: Double = 0
    ) -> [Double] {
        let (from, to) = (picture.format, target)
        let source = from.size(ofPlane: plane)
        let result = to.size(ofPlane: plane)
        let (fromShift, toShift) = (from.subsampling(ofPlane: plane), to.subsampling(ofPlane: plane))
        let columns = weights(
            source: source.width, result: result.width,
            step: Double(from.size.width) / Double(to.size.width)
                * power(toShift.horizontalShift - fromShift.horizontalShift),
            shift: shift)
        let rows = weights(
            source: source.height, result: result.height,
            step: Double(from.size.height) / Double(to.size.height)
                * power(toShift.verticalShift - fromShift.verticalShift),
            shift: shift)
        let across = filtered(
            picture.planes[plane].map(Double.init), columns, lines: source.height,
            from: (line: source.width, sample: 1), to: (line: result.width, sample: 1))
        return filtered(
            across, rows, lines: result.width, from: (line: 1, sample: result.width),
            to: (line: 1, sample: result.width))
    }

    /// Filters lines in one direction. `from` and `to` are the distances between lines and samples.
    ///
    /// Plain loops over pointers: tests are built without optimisation, and a closure for each
    /// sample takes ten times as long.
    private static func filtered(
        _ samples: [Double], _ taps: [[(index: Int, weight: Double)]], lines: Int,
        from: (line: Int, sample: Int), to: (line: Int, sample: Int)
    ) -> [Double] {
        let ends = taps.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        let offsets = taps.flatMap { $0.map { $0.index * from.sample } }
        let weights = taps.flatMap { $0.map(\.weight) }
        let count = taps.count
        return [Double](unsafeUninitializedCapacity: lines * count) { buffer, initialized in
            initialized = lines * count
            guard let result = buffer.baseAddress else { return }
            samples.withUnsafeBufferPointer { samples in
                offsets.withUnsafeBufferPointer { offsets in
                    weights.withUnsafeBufferPointer { weights in
                        ends.withUnsafeBufferPointer { ends in
                            guard let samples = samples.baseAddress, let offsets = offsets.baseAddress,
                                let weights = weights.baseAddress, let ends = ends.baseAddress
                            else { return }
                            var line = 0
                            while line < lines {
                                let source = samples + line * from.line
                                var place = 0
                                while place < count {
                                    var sum = 0.0
                                    var tap = ends[place]
                                    while tap < ends[place + 1] {
                                        sum += weights[tap] * source[offsets[tap]]
                                        tap += 1
                                    }
                                    result[line * to.line + place * to.sample] = sum
                                    place += 1
                                }
                                line += 1
                            }
                        }
                    }
                }
            }
        }
    }

    private static func power(_ exponent: Int) -> Double {
        exponent >= 0 ? Double(1 << exponent) : 1 / Double(1 << -exponent)
    }

    /// Returns the source samples and their weights for each result sample. Beyond the edges the
    /// image is mirrored.
    private static func weights(
        source: Int, result: Int, step: Double, shift: Double
    ) -> [[(index: Int, weight: Double)]] {
        let scale = max(step, 1)
        return (0..<result).map { index in
            let centre = (Double(index) + 0.5) * step - 0.5 + shift
            let first = Int((centre - 3 * scale).rounded(.down)) + 1
            let last = Int((centre + 3 * scale).rounded(.up)) - 1
            var taps: [(index: Int, weight: Double)] = []
            for position in first...max(first, last) {
                var inside = position
                while inside < 0 || inside >= source {
                    inside = inside < 0 ? -1 - inside : 2 * source - 1 - inside
                }
                taps.append((inside, lanczos((Double(position) - centre) / scale)))
            }
            let sum = taps.reduce(0) { $0 + $1.weight }
            return taps.map { ($0.index, $0.weight / sum) }
        }
    }

    private static func lanczos(_ x: Double) -> Double {
        guard x != 0 else { return 1 }
        guard abs(x) < 3 else { return 0 }
        return 3 * sin(.pi * x) * sin(.pi * x / 3) / (.pi * .pi * x * x)
    }
}
