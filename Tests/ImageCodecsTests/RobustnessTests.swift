import ImageCodecs
import Pixels
import TestSupport
import Testing

/// Reading any bytes ends in pixels or in a ``CodecError``.
@Suite("robustness")
struct RobustnessTests {
    /// Small files, each of another kind, without bytes after the end.
    static let seeds = [
        "sampling/444.jpg", "sampling/420.jpg", "sampling/progressive.jpg", "sampling/progressive-420.jpg",
        "sampling/restart-rows.jpg", "sampling/arithmetic.jpg",
        "png/palette-4.png", "png/rgba-8.png", "png/interlaced-grey-alpha-8.png",
        "webp/lossy.webp", "webp/lossy-alpha.webp", "webp/lossless-alpha.webp",
    ]

    /// Keeps tests with mutated headers from taking gigabytes.
    static let limits: DecodeLimits = {
        var limits = DecodeLimits()
        limits.maximumPixels = 1 << 20
        limits.maximumDecodeMemory = 64 << 20
        return limits
    }()

    // MARK: Truncation

    @Test("a prefix is refused, or contains all pixels", arguments: seeds)
    func prefixes(_ seed: String) throws {
        let bytes = try Fixtures.bytes(seed)
        let whole = try Reading(EncodedSource(bytes), limits: Self.limits)
        var otherPixels: [Int] = []
        var brokenPasses: [Int] = []
        for length in bytes.indices {
            let source = EncodedSource(Array(bytes.prefix(length)))
            let label = "\(seed), first \(length) bytes"
            let reading = Self.attempt(label) { try Reading(source, limits: Self.limits) }
            if let reading, reading != whole { otherPixels.append(length) }
            // A file that passes through has its pixels decoded only if the plan says that the end
            // is missing.
            let passed = Self.attempt("\(label), stripping") { try Self.stripped(source) }
            guard let passed, !passed.plan.lacksEnd else { continue }
            let again = Self.attempt("\(label), stripped") {
                try Reading(EncodedSource(passed.bytes), limits: Self.limits)
            }
            if again != whole { brokenPasses.append(length) }
        }
        #expect(otherPixels == [], "lengths read with other pixels")
        #expect(brokenPasses == [], "lengths with a complete structure and other pixels")
    }

    // MARK: Mutation

    @Test("each of 20 004 mutants is read or refused, and stripping changes no pixel", arguments: seeds)
    func mutants(_ seed: String) throws {
        let bytes = try Fixtures.bytes(seed)
        var changed: [UInt64] = []
        var read = 0
        for number in 0..<UInt64(1667) {
            var mutator = Mutator(seed: number)
            let source = EncodedSource(mutator.mutant(of: bytes))
            let label = "\(seed), mutant \(number)"
            let reading = Self.attempt(label) { try Reading(source, limits: Self.limits) }
            let stripped = Self.attempt("\(label), stripping") { try Self.stripped(source).bytes }
            guard let reading, let stripped else { continue }
            read += 1
            let again = Self.attempt("\(label), stripped") {
                try Reading(EncodedSource(stripped), limits: Self.limits)
            }
            if again != reading { changed.append(number) }
        }
        #expect(changed == [], "mutants with other or no pixels after stripping")
        #expect(read > 20, "too few mutants are still images")
    }

    // MARK: Junk

    @Test("junk does not crash libjpeg or libpng, however early they give up")
    func exits() async {
        await #expect(processExitsWith: .success) {
            var mutator = Mutator(seed: 1)
            for seed in RobustnessTests.seeds where !seed.hasSuffix("webp") {
                let bytes = try Fixtures.bytes(seed)
                for number in 0..<200 {
                    // Random bytes from the signature on, or from any later offset.
                    let kept = max(8, number * bytes.count / 200)
                    let junk = Array(bytes.prefix(kept)) + mutator.randomBytes(256)
                    _ = RobustnessTests.attempt(seed) {
                        try Reading(EncodedSource(junk), limits: RobustnessTests.limits)
                    }
                    // Past the prober, which would refuse most of it.
                    var probe = try Prober.probe(EncodedSource(bytes), limits: RobustnessTests.limits)
                    probe.byteCount = junk.count
                    _ = RobustnessTests.attempt(seed) {
                        try RowReaders.withReader(
                            of: EncodedSource(junk), probe: probe, limits: RobustnessTests.limits
                        ) { try $0.finish() }
                    }
                }
            }
        }
    }

    @Test("asking libjpeg for the planes of junk, of a PNG or of nothing does not crash it")
    func wrongCodec() async {
        await #expect(processExitsWith: .success) {
            for bytes in [
                [], [0xFF], try Fixtures.bytes("png/rgb-8.png"), try Fixtures.bytes("corrupt/text.jpg"),
            ] {
                #expect(throws: CodecError.self) {
                    try Reading.planes(EncodedSource(bytes), denominator: 1, limits: DecodeLimits())
                }
            }
        }
    }

    // MARK: Limits

    @Test("counts scans, and a limit that is just enough does not refuse")
    func scans() throws {
        let source = try EncodedSource(Fixtures.bytes("sampling/progressive.jpg"))
        let probe = try Prober.probe(source, limits: DecodeLimits())
        var limits = DecodeLimits()
        limits.maximumProgressiveScans = 10
        #expect(try Reading(source, limits: limits).size == probe.size)
        #expect(throws: Never.self) { try ContainerStripper.strip(source, probe: probe, limits: limits) }
        limits.maximumProgressiveScans = 9
        let error = CodecError.limitExceeded(.progressiveScans, value: nil, maximum: 9)
        #expect(throws: error) { try Reading(source, limits: limits) }
        #expect(throws: error) { try Reading.planes(source, denominator: 1, limits: limits) }
        #expect(throws: error) { try ContainerStripper.strip(source, probe: probe, limits: limits) }
    }

    @Test(
        "stops when the CPU time is used up",
        arguments: [
            "sampling/444.jpg", "sampling/progressive.jpg", "png/rgba-8.png", "png/interlaced-rgb-8.png",
        ])
    func seconds(_ file: String) throws {
        let source = try EncodedSource(Fixtures.bytes(file))
        var limits = DecodeLimits()
        limits.maximumCPUSeconds = 0
        #expect(throws: CodecError.limitExceeded(.cpuSeconds, value: nil, maximum: 0)) {
            try Reading(source, limits: limits)
        }
    }

    @Test(
        "estimates the memory of images that cannot be streamed; a limit that is just enough does not refuse",
        arguments: [
            // Coefficients of two bytes in whole blocks; samples; samples and libwebp's own copy of
            // them.
            ("sampling/progressive.jpg", 8 * 6 * 64 * 2 * 3),
            ("png/interlaced-rgb-8.png", 33 * 27 * 3), ("webp/lossless-alpha.webp", 57 * 43 * 8 + 4812),
        ])
    func memory(_ file: String, _ expected: Int) throws {
        let source = try EncodedSource(Fixtures.bytes(file))
        var limits = DecodeLimits()
        limits.maximumDecodeMemory = expected
        #expect(try Prober.probe(source, limits: limits).decodeMemory == expected)
        limits.maximumDecodeMemory = expected - 1
        #expect(
            throws: CodecError.limitExceeded(.decodeMemory, value: expected, maximum: expected - 1)
        ) { try Reading(source, limits: limits) }
    }

    @Test("refuses 34 bytes of WebP that claim 16383x16383 px")
    func webpBomb() {
        // VP8L: signature, 14 bits of width - 1, 14 of height - 1, no alpha, version 0.
        let header: [UInt8] = [0x2F, 0xFE, 0xBF, 0xFF, 0x0F, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let chunk = Array("VP8L".utf8) + [14, 0, 0, 0] + header
        let bytes = Array("RIFF".utf8) + [26, 0, 0, 0] + Array("WEBP".utf8) + chunk
        let needed = 16383 * 16383 * 7 + bytes.count
        #expect(throws: CodecError.limitExceeded(.decodeMemory, value: needed, maximum: 1 << 30)) {
            try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        }
    }

    #if canImport(Glibc)
    @Test("a header that claims too much is refused before memory is allocated")
    func resident() async {
        await #expect(processExitsWith: .success) {
            let before = try #require(ProcessStatus()?.bytes("VmHWM"))
            for file in ["huge-header.png", "huge-header.jpg", "iccp-bomb.png", "many-scans.jpg"] {
                let source = try EncodedSource(Fixtures.bytes("corrupt/\(file)"))
                let probe = try? Prober.probe(source, limits: DecodeLimits())
                #expect((probe == nil) == file.hasPrefix("huge"))
                if let probe {
                    _ = try? ContainerStripper.strip(source, probe: probe, limits: DecodeLimits())
                    _ = try? Reading(source, limits: DecodeLimits())
                }
            }
            let peak = try #require(ProcessStatus()?.bytes("VmHWM"))
            #expect(peak < before + (48 << 20), "the profile alone would be 64 MiB")
        }
    }
    #endif

    private static func stripped(_ source: EncodedSource) throws -> (bytes: [UInt8], plan: StrippedImage) {
        let probe = try Prober.probe(source, limits: limits)
        let plan = try ContainerStripper.strip(source, probe: probe, limits: limits)
        var bytes = [UInt8](repeating: 0, count: plan.byteCount)
        try bytes.withUnsafeMutableBytes { try plan.write(from: source, into: $0) }
        return (bytes, plan)
    }

    /// Returns the body's result, or `nil` if it throws an allowed error.
    static func attempt<Result>(_ label: String, _ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch let error as CodecError {
            if case .misuse = error { Issue.record("\(label): \(error)") }
            let text = error.description
            let isOneLine = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            if text.isEmpty || !isOneLine { Issue.record("\(label): \(text.debugDescription)") }
        } catch {
            Issue.record("\(label): \(error) is no CodecError")
        }
        return nil
    }
}
