import ImageCodecs
import ImagePreparation
import PixelEngine
import Pixels
import SeedreamModel

/// The stages of preparation, each measured alone.
public enum StageWorkloads {
    /// All stage workloads, in the order of the stages.
    public static var all: [Workload] {
        headers + decoding + resizing + conversion + encoding + stripping + sending
    }

    /// The size of a 12-megapixel camera's image.
    static let phone = PixelSize(width: 4032, height: 3024)
    /// 20 megapixels: more than the largest area that is sent.
    static let camera = PixelSize(width: 5216, height: 3912)
    /// The size of the camera's image when reduced to the largest area that is sent.
    static let largest = PixelSize(width: 4728, height: 3546)
}

extension StageWorkloads {
    /// Reading headers.
    static var headers: [Workload] {
        [
            probe("probe jpeg") { try Photo.portrait.bytes },
            probe("probe png") { try Photo.coffee.bytes },
            probe("probe webp") { try TiledImage.rgb().encoded(as: .webp) },
            Workload("plan 10 files", per: .calls, isBrief: true) {
                let preparer = ImagePreparer()
                let photos: [Photo] = [.dandelion, .portrait, .coffee]
                let inputs = (0..<10).map { ImageInput.file(photos[$0 % photos.count].path) }
                return ReadyWorkload {
                    let plan = try preparer.plan(inputs)
                    guard plan.images.count == inputs.count else {
                        throw WorkloadError.otherWork(
                            expected: "\(inputs.count) images", found: "\(plan.images.count)")
                    }
                }
            },
        ]
    }

    private static func probe(
        _ name: String, bytes: @escaping @Sendable () throws -> [UInt8]
    ) -> Workload {
        Workload(name, per: .calls, isBrief: true) {
            let source = EncodedSource(try bytes())
            let limits = DecodeLimits()
            return ReadyWorkload { _ = try Prober.probe(source, limits: limits) }
        }
    }
}

extension StageWorkloads {
    /// From encoded bytes to planes or rows.
    static var decoding: [Workload] {
        var workloads = [
            planes("decode jpeg planes 20 MP", denominator: 1),
            planes("decode jpeg planes 20 MP at half size", denominator: 2),
            rows("decode png rows 1.8 MP") { try TiledImage.rgb().encoded(as: .png) },
            rows("decode webp rows 1.8 MP") { try TiledImage.rgb().encoded(as: .webp) },
        ]
        if ImageFormat.tiff.isReadable {
            workloads.append(
                rows("decode tiff rows 1.8 MP uncompressed") {
                    let (size, samples) = try PackedRows.rgb()
                    return TIFFFile.bytes(rgb: samples, size: size)
                })
        }
        return workloads
    }

    private static func planes(_ name: String, denominator: Int) -> Workload {
        Workload(name, per: .pixels) {
            let source = EncodedSource(try TiledImage.planes(camera).encoded(as: .jpeg))
            return ReadyWorkload(amount: camera.area) {
                try JPEGPlaneSource.withSource(of: source, denominator: denominator, limits: DecodeLimits()) {
                    let band = try PlaneBuffer(format: $0.format, rows: $0.stripRows, widths: $0.rowWidths)
                    for row in stride(from: 0, to: $0.format.size.height, by: $0.stripRows) {
                        try $0.readStrip(into: band, at: row)
                    }
                    try $0.finish()
                }
            }
        }
    }

    private static func rows(
        _ name: String, bytes: @escaping @Sendable () throws -> [UInt8]
    ) -> Workload {
        Workload(name, per: .pixels) {
            let source = EncodedSource(try bytes())
            let probe = try Prober.probe(source, limits: DecodeLimits())
            return ReadyWorkload(amount: probe.size.area) { try PackedRows.decode(source, probe: probe) }
        }
    }
}

extension StageWorkloads {
    /// From planes to planes of another size, Lanczos3.
    static var resizing: [Workload] {
        [
            resize("resize 20 MP down to 16.7 MP", from: camera, to: largest),
            resize(
                "resize 0.24 MP up to 0.92 MP", from: PixelSize(width: 600, height: 400),
                to: PixelSize(width: 1176, height: 784)),
        ]
    }

    /// Returns a workload that resizes on one thread, from and to Y'CbCr 4:2:0 samples.
    static func resize(
        _ name: String, from size: PixelSize, to target: PixelSize,
        primaries: PlaneFormat.Primaries = .bt709
    ) -> Workload {
        Workload(name, per: .pixels) {
            var image = try TiledImage.planes(size)
            image.format.primaries = primaries
            let format = PlaneFormat(.yCbCr, size: target, subsampling: image.format.subsampling)
            return ReadyWorkload(amount: max(size.area, target.area)) { [image] in
                try image.write(to: DiscardingSink(format))
            }
        }
    }
}

extension StageWorkloads {
    /// Colour conversion to sRGB.
    static var conversion: [Workload] {
        [
            // Compare with `resize 20 MP down to 16.7 MP`, which is the same without the primaries.
            resize(
                "colour display p3 while resizing 20 MP to 16.7 MP", from: camera, to: largest,
                primaries: .displayP3),
            Workload("colour profile rgb rows 1.8 MP", per: .pixels) {
                let (size, samples) = try PackedRows.rgb()
                return ReadyWorkload(amount: size.area) {
                    let transform = ColorTransform(
                        from: ColorProfiles.displayP3, channels: 3, sampleType: .byte)
                    guard let transform else {
                        throw WorkloadError.otherWork(expected: "a transform", found: "none")
                    }
                    var row = [UInt8](repeating: 0, count: 3 * size.width)
                    samples.withUnsafeBytes { samples in
                        guard let base = samples.baseAddress else { return }
                        for y in 0..<size.height {
                            transform.convert(base + y * row.count, to: &row, count: size.width)
                        }
                    }
                }
            },
        ]
    }
}

extension StageWorkloads {
    /// From planes to encoded bytes, quality 90.
    static var encoding: [Workload] {
        [
            encode("encode jpeg 4:2:0 12 MP", as: .jpeg) { try TiledImage.planes(phone) },
            encode("encode png 1.8 MP", as: .png) { try TiledImage.rgb() },
            encode("encode webp 1.8 MP", as: .webp) { try TiledImage.rgb() },
        ]
    }

    private static func encode(
        _ name: String, as mediaType: MediaType, image: @escaping @Sendable () throws -> TiledImage
    ) -> Workload {
        Workload(name, per: .pixels) {
            let image = try image()
            return ReadyWorkload(amount: image.format.size.area) {
                _ = try image.encoded(as: mediaType)
            }
        }
    }
}

extension StageWorkloads {
    /// Removing metadata from files without changing the compressed pixels.
    static var stripping: [Workload] {
        [
            Workload("strip metadata of a 12 MP jpeg", per: .bytes) {
                let jpeg = try Photo.dandelion.metadata(copiedTo: TiledImage.planes(phone).encoded(as: .jpeg))
                let source = EncodedSource(jpeg)
                let limits = DecodeLimits()
                let probe = try Prober.probe(source, limits: limits)
                return ReadyWorkload(amount: jpeg.count) {
                    let stripped = try ContainerStripper.strip(source, probe: probe, limits: limits)
                    guard stripped.byteCount < source.count else {
                        throw WorkloadError.otherWork(expected: "metadata to remove", found: "none")
                    }
                    _ = try EncodedBytes(count: stripped.byteCount) { target throws(CodecError) in
                        try stripped.write(from: source, into: target)
                    }
                }
            }
        ]
    }
}

extension StageWorkloads {
    /// From bytes to the text of data URIs.
    static var sending: [Workload] {
        [
            // The largest image that the default constraints allow.
            Workload("base64 data uri of 8 MB", per: .bytes) {
                let uri = DataURI(mediaType: .jpeg, bytes: noise(count: 8_000_000))
                return ReadyWorkload(amount: uri.bytes.count) {
                    guard uri.string.utf8.count == uri.length else {
                        throw WorkloadError.otherWork(expected: "\(uri.length) characters", found: "others")
                    }
                }
            },
            // The images of a whole request: the text is written to a buffer whose size is computed
            // from the lengths.
            Workload("base64 10 data uris into a buffer", per: .bytes) {
                let uri = DataURI(mediaType: .jpeg, bytes: noise(count: 1_480_000))
                let uris = [DataURI](repeating: uri, count: 10)
                return ReadyWorkload(amount: uris.reduce(0) { $0 + $1.bytes.count }) {
                    let length = uris.reduce(0) { $0 + $1.length }
                    _ = EncodedBytes(count: length) { (body: UnsafeMutableRawBufferPointer) in
                        var offset = 0
                        for uri in uris {
                            uri.write { chunk in
                                UnsafeMutableRawBufferPointer(rebasing: body[offset...])
                                    .copyMemory(from: chunk)
                                offset += chunk.count
                            }
                        }
                    }
                }
            },
        ]
    }

    /// Returns pseudo-random bytes, which resemble compressed data and are the same in each run:
    /// the generator of Numerical Recipes.
    private static func noise(count: Int) -> EncodedBytes {
        EncodedBytes(count: count) { (target: UnsafeMutableRawBufferPointer) in
            var state: UInt32 = 1
            for index in target.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                target[index] = UInt8(truncatingIfNeeded: state >> 24)
            }
        }
    }
}
