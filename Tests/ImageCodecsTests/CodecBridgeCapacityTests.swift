import CodecBridge
import ImageCodecs
import TestSupport
import Testing

/// Functions in CodecBridge.h refuse a buffer that is one byte too small, and write nothing to it.
@Suite("capacities of CodecBridge")
struct CodecBridgeCapacityTests {
    private static let limits = bridge_limits(
        maximum_scans: 100, maximum_warnings: 100, maximum_cpu_seconds: 60, tolerates_damage: 0)
    private static let mark: UInt8 = 0xA5

    /// Calls `body` with a marked buffer of `needed` bytes twice: with a stated size one byte too
    /// small, which must fail and leave the marks, then with the full size, which must succeed.
    private static func expectBound(
        _ needed: Int, _ label: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (UnsafeMutablePointer<UInt8>, Int) throws -> bridge_status
    ) rethrows {
        var bytes = [UInt8](repeating: mark, count: needed)
        try bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let refused = try body(base, needed - 1)
            #expect(refused.code == Int32(BRIDGE_MISUSE.rawValue), "\(label)", sourceLocation: sourceLocation)
            #expect(buffer.allSatisfy { $0 == mark }, "\(label)", sourceLocation: sourceLocation)
            let accepted = try body(base, needed)
            #expect(accepted.code == Int32(BRIDGE_OK.rawValue), "\(label)", sourceLocation: sourceLocation)
        }
    }

    /// Calls `body` with a fixture as input of the bridge.
    private static func withInput(_ fixture: String, _ body: (bridge_input) throws -> Void) throws {
        try Fixtures.bytes(fixture).withUnsafeBufferPointer { bytes in
            try body(bridge_input(bytes: bytes.baseAddress, size: UInt64(bytes.count), descriptor: -1))
        }
    }

    private static func expectSuccess(
        _ status: bridge_status, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try #require(status.code == Int32(BRIDGE_OK.rawValue), sourceLocation: sourceLocation)
    }

    /// Returns the planes of a layout.
    private static func planes(_ layout: bridge_jpeg_layout) -> [bridge_jpeg_plane] {
        withUnsafeBytes(of: layout.plane) { bytes in
            Array(bytes.bindMemory(to: bridge_jpeg_plane.self).prefix(Int(layout.planes)))
        }
    }

    /// A marked buffer for one strip, and the table that the bridge takes.
    private final class Strip {
        let samples: UnsafeMutableBufferPointer<UInt8>
        private let rows: UnsafeMutableBufferPointer<UnsafeMutablePointer<UInt8>?>
        var table: [bridge_jpeg_plane_rows] = []

        init(_ planes: [bridge_jpeg_plane]) {
            let count = planes.reduce(0) { $0 + Int($1.strip_rows) * Int($1.stride) }
            samples = .allocate(capacity: count)
            samples.initialize(repeating: CodecBridgeCapacityTests.mark)
            rows = .allocate(capacity: planes.reduce(0) { $0 + Int($1.strip_rows) })
            rows.initialize(repeating: nil)
            var (row, sample) = (0, 0)
            for plane in planes {
                table.append(
                    bridge_jpeg_plane_rows(
                        rows: rows.baseAddress.map { UnsafePointer($0 + row) }, row_count: plane.strip_rows,
                        row_size: Int(plane.stride)))
                for _ in 0..<plane.strip_rows {
                    rows[row] = samples.baseAddress.map { $0 + sample }
                    row += 1
                    sample += Int(plane.stride)
                }
            }
        }

        deinit {
            samples.deallocate()
            rows.deallocate()
        }
    }

    /// Calls `body` with tables that are a byte, a row or a plane too small, then with complete
    /// ones.
    private static func expectBounds(
        of strip: Strip, _ body: (UnsafePointer<bridge_jpeg_plane_rows>, Int32) -> bridge_status
    ) {
        withExtendedLifetime(strip) {
            let misuse = Int32(BRIDGE_MISUSE.rawValue)
            for plane in strip.table.indices {
                var short = strip.table
                short[plane].row_size -= 1
                #expect(body(short, Int32(short.count)).code == misuse, "row of plane \(plane)")
                short = strip.table
                short[plane].row_count -= 1
                #expect(body(short, Int32(short.count)).code == misuse, "rows of plane \(plane)")
            }
            #expect(body(strip.table, Int32(strip.table.count - 1)).code == misuse, "planes")
            #expect(strip.samples.allSatisfy { $0 == mark })
            #expect(body(strip.table, Int32(strip.table.count)).code == Int32(BRIDGE_OK.rawValue), "all")
        }
    }

    // MARK: zlib

    @Test("an inflater writes at most its capacity")
    func inflater() throws {
        let plain = [UInt8](repeating: 7, count: 1000)
        var output = bridge_output()
        try Self.expectSuccess(bridge_deflate(plain, plain.count, &output))
        defer { bridge_free(output.bytes) }
        let inflater = try #require(bridge_inflater_open())
        defer { bridge_inflater_close(inflater) }
        var bytes = [UInt8](repeating: Self.mark, count: 1000)
        var (read, written) = (output.size, 999)
        let state = bridge_inflater_run(inflater, output.bytes, &read, &bytes, &written)
        #expect(state == Int32(BRIDGE_INFLATER_RUNNING))
        #expect(written == 999)
        #expect(bytes.last == Self.mark)
    }

    // MARK: JPEG

    @Test(
        "bridge_jpeg_read_row refuses a short buffer",
        arguments: ["sampling/420.jpg", "sampling/grey.jpg", "sampling/cmyk.jpg"])
    func jpegRow(_ fixture: String) throws {
        try Self.withInput(fixture) { input in
            var decoder: OpaquePointer?
            var info = bridge_jpeg_info()
            try Self.expectSuccess(bridge_jpeg_open(input, Self.limits, &decoder, &info))
            defer { bridge_jpeg_close(decoder) }
            var early = [Self.mark]
            #expect(bridge_jpeg_read_row(decoder, &early, 1).code == Int32(BRIDGE_MISUSE.rawValue))
            try Self.expectSuccess(bridge_jpeg_start_rows(decoder, info.components))
            Self.expectBound(Int(info.width * info.components), fixture) {
                bridge_jpeg_read_row(decoder, $0, $1)
            }
        }
    }

    @Test(
        "bridge_jpeg_read_planes refuses short tables",
        arguments: ["sampling/420.jpg", "sampling/444.jpg", "sampling/grey.jpg"])
    func jpegPlanes(_ fixture: String) throws {
        try Self.withInput(fixture) { input in
            var decoder: OpaquePointer?
            var info = bridge_jpeg_info()
            try Self.expectSuccess(bridge_jpeg_open(input, Self.limits, &decoder, &info))
            defer { bridge_jpeg_close(decoder) }
            var layout = bridge_jpeg_layout()
            try Self.expectSuccess(bridge_jpeg_start_planes(decoder, 1, &layout))
            Self.expectBounds(of: Strip(Self.planes(layout))) { bridge_jpeg_read_planes(decoder, $0, $1) }
        }
    }

    @Test("bridge_jpeg_write_planes does not read beyond its rows")
    func jpegWrite() throws {
        var options = bridge_jpeg_encode_options()
        (options.width, options.height, options.components, options.quality) = (57, 43, 3, 90)
        (options.chroma_shift_x, options.chroma_shift_y) = (1, 1)
        var encoder: OpaquePointer?
        var layout = bridge_jpeg_layout()
        try Self.expectSuccess(bridge_jpeg_encoder_open(&options, &encoder, &layout))
        defer { bridge_jpeg_encoder_close(encoder) }
        Self.expectBounds(of: Strip(Self.planes(layout))) { bridge_jpeg_write_planes(encoder, $0, $1) }
    }

    @Test("bridge_jpeg_unused lists at most its capacity")
    func jpegRanges() throws {
        var bytes = try Fixtures.bytes("sampling/420.jpg")
        // Two bytes before the end marker that no decoder reads.
        bytes.insert(contentsOf: [1, 2], at: bytes.count - 2)
        try bytes.withUnsafeBufferPointer { data in
            let input = bridge_input(bytes: data.baseAddress, size: UInt64(data.count), descriptor: -1)
            var range = bridge_range(start: 1, end: 2)
            var count = 9
            let refused = bridge_jpeg_unused(input, Self.limits, &range, 0, &count)
            #expect(refused.code == Int32(BRIDGE_UNSUPPORTED.rawValue))
            #expect(count == 0)
            #expect(range.start == 1 && range.end == 2)
            try Self.expectSuccess(bridge_jpeg_unused(input, Self.limits, &range, 1, &count))
            #expect(count == 1)
        }
    }

    // MARK: PNG

    @Test(
        "bridge_png_read_row refuses a short buffer",
        arguments: [0, BRIDGE_PNG_LIBPNG_ALONE, BRIDGE_PNG_KEEPS_16_BITS])
    func pngRow(_ options: Int) throws {
        for fixture in ["png/rgb-8.png", "png/rgba-16.png", "png/palette-2.png", "png/grey-1.png"] {
            try Self.withInput(fixture) { input in
                var decoder: OpaquePointer?
                var info = bridge_png_info()
                try Self.expectSuccess(bridge_png_open(input, Self.limits, Int32(options), &decoder, &info))
                defer { bridge_png_close(decoder) }
                Self.expectBound(Int(info.width * info.channels * info.sample_bytes), fixture) {
                    bridge_png_read_row(decoder, $0, $1)
                }
            }
        }
    }

    @Test("bridge_png_read_image refuses a short buffer")
    func pngImage() throws {
        try Self.withInput("png/interlaced-rgb-8.png") { input in
            var decoder: OpaquePointer?
            var info = bridge_png_info()
            try Self.expectSuccess(bridge_png_open(input, Self.limits, 0, &decoder, &info))
            defer { bridge_png_close(decoder) }
            let stride = Int(info.width * info.channels)
            Self.expectBound(stride * Int(info.height), "size") { pixels, size in
                let refused = bridge_png_read_image(decoder, pixels, size, stride - 1)
                #expect(refused.code == Int32(BRIDGE_MISUSE.rawValue), "stride")
                return bridge_png_read_image(decoder, pixels, size, stride)
            }
        }
    }

    @Test("bridge_png_write_row does not read beyond its row")
    func pngWrite() throws {
        var options = bridge_png_encode_options()
        (options.width, options.height, options.channels, options.compression) = (33, 27, 3, 4)
        var encoder: OpaquePointer?
        try Self.expectSuccess(bridge_png_encoder_open(&options, &encoder))
        defer { bridge_png_encoder_close(encoder) }
        Self.expectBound(33 * 3, "row") { bridge_png_write_row(encoder, $0, $1) }
    }

    // MARK: WebP

    @Test("WebP decoding refuses short targets", arguments: ["webp/lossy.webp", "webp/animated.webp"])
    func webpTarget(_ fixture: String) throws {
        let file = try Fixtures.bytes(fixture)
        let isAnimated = fixture.contains("animated")
        // After RIFF, the size and WEBP, a still image is a single chunk.
        let bytes = isAnimated ? file : Array(file[12...])
        let (width, height, channels) = (57, 43, isAnimated ? 4 : 3)
        func makeTarget(_ pixels: UnsafeMutablePointer<UInt8>, _ capacity: Int) -> bridge_webp_target {
            bridge_webp_target(
                pixels: pixels, capacity: capacity, width: Int32(width), height: Int32(height),
                channels: Int32(channels))
        }
        Self.expectBound(width * height * channels, "decoding") { pixels, capacity in
            var target = makeTarget(pixels, capacity)
            return isAnimated
                ? bridge_webp_decode_first_frame(bytes, bytes.count, &target)
                : bridge_webp_decode(bytes, bytes.count, &target)
        }
        guard !isAnimated else { return }
        Self.expectBound(width * height * channels, "measuring") { pixels, capacity in
            var (target, used) = (makeTarget(pixels, capacity), 0)
            return bridge_webp_measure(bytes, bytes.count, &target, 60, &used)
        }
    }

    @Test("bridge_webp_encode does not read beyond the pixels")
    func webpEncode() {
        var options = bridge_webp_encode_options()
        (options.width, options.height, options.channels, options.quality) = (16, 12, 3, 80)
        Self.expectBound(16 * 12 * 3, "size") { pixels, size in
            var output = bridge_output()
            defer { bridge_free(output.bytes) }
            let refused = bridge_webp_encode(&options, pixels, size, 16 * 3 - 1, &output)
            #expect(refused.code == Int32(BRIDGE_MISUSE.rawValue), "stride")
            return bridge_webp_encode(&options, pixels, size, 16 * 3, &output)
        }
    }

    // MARK: Rows of planes

    @Test("bridge_convert_row refuses short buffers", arguments: [(3, 1), (3, 2), (4, 1), (4, 2)])
    func convertRow(_ channels: Int, _ sampleBytes: Int) {
        let width = 21
        var conversion = bridge_row_conversion()
        conversion.width = Int32(width)
        conversion.model = Int32(BRIDGE_ROWS_GREY.rawValue)
        (conversion.bits, conversion.alpha_bits, conversion.full_range) = (8, 8, 1)
        (conversion.channels, conversion.sample_bytes) = (Int32(channels), Int32(sampleBytes))
        var scratch = [Float](repeating: 0.5, count: 4 * width + 1)
        let samples = [UInt8](repeating: 99, count: width)
        samples.withUnsafeBufferPointer { plane in
            var rows = bridge_plane_rows()
            rows.planes.0 = plane.baseAddress
            if channels == 4 { rows.alpha = plane.baseAddress }
            Self.expectBound(width * channels * sampleBytes, "target") { target, size in
                let refused = bridge_convert_row(&conversion, &rows, &scratch, 4 * width, target, size)
                #expect(refused.code == Int32(BRIDGE_MISUSE.rawValue), "scratch")
                return bridge_convert_row(&conversion, &rows, &scratch, 4 * width + 1, target, size)
            }
        }
    }

    // MARK: HEIF, GIF, TIFF

    #if HEIF
    @Test("bridge_heif_profile refuses a short buffer")
    func heifProfile() throws {
        let bytes = try Fixtures.bytes("formats/p3.heic")
        try bytes.withUnsafeBufferPointer { data in
            var decoder: OpaquePointer?
            var info = bridge_heif_info()
            let limits = bridge_heif_limits(maximum_pixels: 1 << 20, maximum_memory: 1 << 28)
            try Self.expectSuccess(bridge_heif_open(data.baseAddress, data.count, limits, &decoder, &info))
            defer { bridge_heif_close(decoder) }
            try #require(info.profile_size > 0)
            Self.expectBound(info.profile_size, "profile") { bridge_heif_profile(decoder, $0, $1) }
        }
    }
    #endif

    #if GIF
    @Test("bridge_gif_decode refuses a short buffer")
    func gif() throws {
        let bytes = try Fixtures.bytes("formats/plain.gif")
        Self.expectBound(24 * 18 * 4, "canvas") { bridge_gif_decode(bytes, bytes.count, $0, $1, 24, 18) }
    }
    #endif

    #if TIFF
    /// Opens the image of a fixture.
    private static func withTIFF(
        _ fixture: String, _ body: (OpaquePointer, bridge_tiff_info) throws -> Void
    ) throws {
        let file = try Fixtures.bytes(fixture)
        let offset = file[4..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        try withInput(fixture) { input in
            var decoder: OpaquePointer?
            var info = bridge_tiff_info()
            let page = bridge_tiff_page(directory: offset, jpeg_frame: 0, jpeg_factors: 0)
            try expectSuccess(bridge_tiff_open(input, limits, 1 << 28, page, &decoder, &info))
            defer { bridge_tiff_close(decoder) }
            try body(#require(decoder), info)
        }
    }

    @Test(
        "bridge_tiff_read_row refuses a short buffer",
        arguments: [
            "formats/rgb-strips.tiff", "formats/rgb-tiles.tiff", "formats/rgb16.tiff", "formats/palette.tiff",
            "formats/rgba-premultiplied.tiff", "formats/ycbcr-raw.tiff", "formats/grey1.tiff",
        ])
    func tiffRow(_ fixture: String) throws {
        for sampleBytes in 1...2 {
            try Self.withTIFF(fixture) { decoder, info in
                // Y'CbCr has 8 bits per sample.
                guard info.model != Int32(BRIDGE_TIFF_YCBCR.rawValue) || sampleBytes == 1 else { return }
                Self.expectBound(Int(info.width) * Int(info.channels) * sampleBytes, fixture) {
                    bridge_tiff_read_row(decoder, Int32(sampleBytes), $0, $1)
                }
            }
        }
    }

    @Test("bridge_tiff_read_row accepts sample sizes of one and two bytes only")
    func tiffSampleBytes() throws {
        try Self.withTIFF("formats/rgb-strips.tiff") { decoder, _ in
            var row = [UInt8](repeating: Self.mark, count: 4096)
            for sampleBytes in [Int32(-1), 0, 3] {
                let status = bridge_tiff_read_row(decoder, sampleBytes, &row, row.count)
                #expect(status.code == Int32(BRIDGE_MISUSE.rawValue))
            }
            #expect(row.allSatisfy { $0 == Self.mark })
        }
    }

    @Test("bridge_tiff_profile refuses a short buffer")
    func tiffProfile() throws {
        try Self.withTIFF("formats/p3.tiff") { decoder, info in
            try #require(info.profile_size > 0)
            Self.expectBound(info.profile_size, "profile") { bridge_tiff_profile(decoder, $0, $1) }
        }
    }
    #endif
}
