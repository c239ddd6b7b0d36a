package import PixelEngine
import Pixels

/// A planar image in memory: the input of ``PlaneImageSource`` and the result of
/// ``PlaneImageSink``.
package struct PlaneImage: Equatable, Sendable {
    package var format: PlaneFormat
    /// The rows of each plane, concatenated.
    package var planes: [[UInt8]]

    /// An image whose samples are a function of the plane and of the position of the sample's
    /// centre, 0 to 1.
    package init(_ format: PlaneFormat, _ value: (_ plane: Int, _ x: Double, _ y: Double) -> Double) {
        self.format = format
        planes = (0..<format.planeCount).map { plane in
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane)
            let stepX = Double(1 << shift.horizontalShift) / Double(format.size.width)
            let stepY = Double(1 << shift.verticalShift) / Double(format.size.height)
            // Plain loops here and below: without optimisation a closure for each sample takes ten
            // times as long.
            return [UInt8](unsafeUninitializedCapacity: size.area) { buffer, count in
                count = size.area
                guard let samples = buffer.baseAddress else { return }
                let (width, height) = (size.width, size.height)
                var y = 0
                while y < height {
                    let centre = (Double(y) + 0.5) * stepY
                    var x = 0
                    while x < width {
                        let sample = value(plane, (Double(x) + 0.5) * stepX, centre).rounded()
                        samples[y * width + x] = sample <= 0 ? 0 : sample >= 255 ? 255 : UInt8(sample)
                        x += 1
                    }
                    y += 1
                }
            }
        }
    }

    /// Returns rings that get finer outwards, up to `frequency` times the Nyquist limit of a plane
    /// at its corners: every frequency and direction in one image.
    package static func zonePlate(_ format: PlaneFormat, frequency: Double) -> PlaneImage {
        PlaneImage(format) { plane, x, y in
            let size = format.size(ofPlane: plane)
            let (dx, dy) = ((x - 0.5) * Double(size.width), (y - 0.5) * Double(size.height))
            let reach = (Double(size.width * size.width + size.height * size.height) / 4).squareRoot()
            let phase = .pi / 2 * frequency * (dx * dx + dy * dy) / reach
            return 127.5 + 100 * cosine(phase + Double(plane))
        }
    }

    /// Returns a photograph whose channels become the planes, averaged where a plane is subsampled.
    package static func photograph(_ pixels: DecodedPixels, _ format: PlaneFormat) -> PlaneImage {
        var picture = PlaneImage(format) { _, _, _ in 0 }
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane)
            for y in 0..<size.height {
                for x in 0..<size.width {
                    var (sum, count) = (0, 0)
                    for row
                        in (y << shift.verticalShift)..<min(
                            (y + 1) << shift.verticalShift, format.size.height)
                    {
                        for column
                            in (x << shift.horizontalShift)..<min(
                                (x + 1) << shift.horizontalShift, format.size.width)
                        {
                            sum += Int(pixels.rgba[(row * pixels.size.width + column) * 4 + plane % 3])
                            count += 1
                        }
                    }
                    picture.planes[plane][y * size.width + x] = UInt8((sum + count / 2) / count)
                }
            }
        }
        return picture
    }

    /// Returns the peak signal-to-noise ratio of one plane against real-valued samples, in dB.
    package func psnr(ofPlane plane: Int, against reference: [Double]) -> Double {
        let count = min(planes[plane].count, reference.count)
        let sum = planes[plane].withUnsafeBufferPointer { samples in
            reference.withUnsafeBufferPointer { reference in
                var (sum, index) = (0.0, 0)
                guard let samples = samples.baseAddress, let exact = reference.baseAddress else { return sum }
                while index < count {
                    let value = exact[index]
                    let difference = Double(samples[index]) - (value < 0 ? 0 : value > 255 ? 255 : value)
                    sum += difference * difference
                    index += 1
                }
                return sum
            }
        }
        return 10 * (65_025 / max(sum / Double(reference.count), 1e-12)).log10
    }
}

/// Reads a ``PlaneImage`` strip by strip.
package final class PlaneImageSource: StripSource {
    package let format: PlaneFormat
    package let stripRows: Int
    package var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    private let picture: PlaneImage
    package private(set) var isFinished = false

    package init(_ picture: PlaneImage, stripRows: Int = 16) {
        self.picture = picture
        self.stripRows = stripRows
        format = picture.format
    }

    package func readStrip(into buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, size.height)) {
                picture.planes[plane].withUnsafeBufferPointer { samples in
                    guard let base = samples.baseAddress else { return }
                    buffer.row(y, ofPlane: plane).update(from: base + y * size.width, count: size.width)
                }
            }
        }
    }

    package func finish() throws { isFinished = true }
}

/// Collects strips into a ``PlaneImage``.
package final class PlaneImageSink: StripSink {
    package let format: PlaneFormat
    package let stripRows: Int
    package var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    package private(set) var picture: PlaneImage

    package init(_ format: PlaneFormat, stripRows: Int = 16) {
        self.format = format
        self.stripRows = stripRows
        picture = PlaneImage(format) { _, _, _ in 0 }
    }

    package func writeStrip(from buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, size.height)) {
                let samples = buffer.row(y, ofPlane: plane)
                picture.planes[plane].withUnsafeMutableBufferPointer { all in
                    all.baseAddress.map { ($0 + y * size.width).update(from: samples, count: size.width) }
                }
            }
        }
    }
}
