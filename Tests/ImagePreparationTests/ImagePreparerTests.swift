import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

@Suite("preparing")
struct ImagePreparerTests {
    static let photos = [
        "chelsea.png", "coffee.png", "coffee-cutout.png", "dandelion.jpg", "dandelion-portrait.jpg",
        "rocket.jpg",
    ].map { "photos/\($0)" }

    static func inputs(_ files: [String]) -> [ImageInput] { files.map { .file(Fixtures.path($0)) } }

    @Test("passes its own output through, byte for byte")
    func fixedPoint() async throws {
        let first = try await ImagePreparer().prepare(Self.inputs(Self.photos))
        let again = first.images.map { ImageInput.bytes($0.bytes.array, name: $0.source.name) }
        let second = try await ImagePreparer().prepare(again)
        for (before, after) in zip(first.images, second.images) {
            #expect(after.action == .passThrough)
            #expect(after.reasons.isEmpty)
            #expect(after.isIdentical)
            #expect(after.sha256 == before.sha256)
        }
    }

    @Test("keeps the output contract for every fixture that can be prepared")
    func contract() async throws {
        let rows = Fixtures.readableRows
        let outcomes = Outcomes()
        try await ImagePreparer().prepareEach(Self.inputs(rows.map(\.path))) { outcomes.list.append($0) }
        #expect(outcomes.list.count == rows.count)
        for (row, outcome) in zip(rows, outcomes.list) {
            switch outcome {
            case .failed(let input):
                #expect(
                    input.code.rawValue == row.expect.error,
                    "\(row.path): \(input.message)")
                #expect(input.name.hasSuffix(row.path))
                #expect(!input.hint.isEmpty)
            case .prepared(let image):
                #expect(row.expect.error == nil, "\(row.path): \(row.why)")
                #expect((921_600...16_777_216).contains(image.size.area), "\(row.path)")
                #expect(image.bytes.count <= 8_000_000)
                let probe = try Prober.probe(EncodedSource(image.bytes.array), limits: DecodeLimits())
                #expect(probe.size == image.size)
                #expect(probe.orientation == .topLeft)
                #expect(probe.format.rawValue == image.mediaType.displayFormat)
                #expect(image.isIdentical == image.reasons.isEmpty)
            }
        }
    }

    @Test("gives the same bytes with 1, 2 and 8 threads, alone and together")
    func determinism() async throws {
        var hashes: [[String]] = []
        for jobs in [1, 2, 8] {
            var options = PreparationOptions()
            options.jobs = jobs
            let batch = try await ImagePreparer(options: options).prepare(Self.inputs(Self.photos))
            hashes.append(batch.images.map(\.sha256))
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] == hashes[2])
        // A single image, with a thread that reads ahead.
        var options = PreparationOptions()
        options.jobs = 8
        for (index, photo) in Self.photos.enumerated() {
            let batch = try await ImagePreparer(options: options).prepare(Self.inputs([photo]))
            #expect(batch.images[0].sha256 == hashes[0][index])
        }
    }

    @Test("uses the last ten, keeps the positions of failed inputs, and lists the dropped ones")
    func lastTen() async throws {
        let good = "photos/rocket.jpg"
        var files = [String](repeating: good, count: 13)
        files[5] = "corrupt/text.jpg"
        let preparer = ImagePreparer()
        let plan = try preparer.plan(Self.inputs(files))
        #expect(plan.dropped.map(\.index) == [0, 1, 2])
        #expect(plan.images.map(\.index) == [3, 4, 6, 7, 8, 9, 10, 11, 12])
        #expect(plan.images.map(\.position) == [1, 2, 4, 5, 6, 7, 8, 9, 10])
        #expect(plan.failed.map(\.index) == [5])
        let batch = try await preparer.prepare(Self.inputs(files), failures: .collect)
        #expect(batch.images.map(\.position) == plan.images.map(\.position))
        let failure = await #expect(throws: PreparationFailure.self) {
            try await preparer.prepare(Self.inputs(files))
        }
        #expect(failure?.inputs.map(\.index) == [5])
        var strict = PreparationOptions()
        strict.isStrict = true
        #expect(throws: PreparationError.tooManyInputs(count: 13, maximum: 10)) {
            try ImagePreparer(options: strict).plan(Self.inputs(files))
        }
        #expect(try ImagePreparer(options: strict).plan(Self.inputs(Array(files.prefix(10)))).dropped.isEmpty)
    }

    @Test("makes equal plans for equal inputs, and plans survive JSON")
    func codable() throws {
        let preparer = ImagePreparer()
        let plan = try preparer.plan(Self.inputs(Self.photos))
        #expect(try preparer.plan(Self.inputs(Self.photos)) == plan)
        #expect(try JSONRoundTrip.of(plan) == plan)
        #expect(plan.images[3].action == .passThrough)
        #expect(plan.images[3].reasons == [.metadataRemoved])
        #expect(plan.images[3].unknowns == [.completeness])
        #expect(plan.images[2].unknowns == [.completeness, .alpha, .encodedBytes])
    }

    @Test("decides what the plan leaves open: an opaque alpha channel counts as none")
    func opaqueAlpha() async throws {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        let preparer = ImagePreparer(constraints: constraints)
        let opaque = try await preparer.prepare(Self.inputs(["png/rgba-opaque.png"])).images[0]
        #expect(opaque.action == .passThrough)
        #expect(opaque.checked == .pixels)
        #expect(opaque.reasons.isEmpty)
        let cutout = try await preparer.prepare(Self.inputs(["alpha/soft-on-black.png"])).images[0]
        #expect(cutout.action == .transcode)
        #expect(cutout.reasons == [.flattened])
        var keeping = PreparationOptions()
        keeping.keepsAlpha = true
        let kept = try await ImagePreparer(constraints: constraints, options: keeping)
            .prepare(Self.inputs(["alpha/soft-on-black.png"])).images[0]
        #expect(kept.action == .passThrough)
        #expect(kept.mediaType == .png)
    }

    @Test("leaves no dark or light fringe at the edge of a cut-out", arguments: ["hard", "soft"])
    func fringes(_ edge: String) async throws {
        // The same cut-out over transparent black and transparent white must give the same image.
        var pictures: [DecodedPixels] = []
        var kept: [DecodedPixels] = []
        for hidden in ["black", "white"] {
            var options = PreparationOptions()
            options.format = .png
            let input = Self.inputs(["alpha/\(edge)-on-\(hidden).png"])
            pictures.append(
                try DecodedPixels(
                    try await ImagePreparer(options: options).prepare(input).images[0].bytes.array))
            options.keepsAlpha = true
            kept.append(
                try DecodedPixels(
                    try await ImagePreparer(options: options).prepare(input).images[0].bytes.array))
        }
        #expect(pictures[0] == pictures[1])
        var worst = 0
        for pixel in 0..<kept[0].size.area where kept[0].rgba[pixel * 4 + 3] > 32 {
            for channel in 0..<3 {
                worst = max(
                    worst,
                    abs(Int(kept[0].rgba[pixel * 4 + channel]) - Int(kept[1].rgba[pixel * 4 + channel])))
            }
        }
        #expect(worst <= 8, "kept alpha: colours differ by \(worst)")
    }

    @Test("keeps within the byte limit of an image, lowers quality before area, and reports it")
    func byteBudget() async throws {
        let input = Self.inputs(["photos/dandelion.jpg"])
        let free = try await ImagePreparer().prepare(input).images[0]
        var constraints = InputConstraints.seedream4
        constraints.maximumBytes = free.bytes.count
        #expect(
            try await ImagePreparer(constraints: constraints).prepare(input).images[0].action == .passThrough)
        for part in [0.95, 0.6, 0.45] {
            constraints.maximumBytes = Int(Double(free.bytes.count) * part)
            let image = try await ImagePreparer(constraints: constraints).prepare(input).images[0]
            #expect(image.bytes.count <= constraints.maximumBytes)
            #expect(image.reasons.contains(.overByteBudget))
            #expect(image.size.area >= constraints.minimumArea)
        }
        constraints.maximumBytes = 5000
        let failure = await #expect(throws: PreparationFailure.self) {
            try await ImagePreparer(constraints: constraints).prepare(input)
        }
        #expect(failure?.inputs.first?.code == .tooManyBytes)
    }

    @Test("shares the body: small images keep their bytes, the largest are reduced")
    func bodyBudget() async throws {
        let input = Self.inputs(Self.photos)
        let free = try await ImagePreparer().prepare(input)
        var constraints = InputConstraints.seedream4
        constraints.maximumBodyBytes = free.dataURILength * 4 / 5
        let shared = try await ImagePreparer(constraints: constraints).prepare(input)
        #expect(shared.dataURILength <= constraints.maximumBodyBytes)
        #expect(shared.images.map(\.index) == free.images.map(\.index))
        let changed = zip(free.images, shared.images).filter { $0.sha256 != $1.sha256 }
        #expect(!changed.isEmpty && changed.count < input.count)
        for (_, after) in changed { #expect(after.reasons.contains(.overBodyBudget)) }
    }

    @Test("pads and crops to the ratio")
    func fit() async throws {
        for (fit, reason) in [(AspectRatioFit.pad, Reason.padded), (.crop, .cropped)] {
            var constraints = InputConstraints.seedream4
            constraints.fit = fit
            for file in ["corrupt/ratio-3.5.jpg", "corrupt/ratio-1-3.5.jpg"] {
                let image = try await ImagePreparer(constraints: constraints).prepare(Self.inputs([file]))
                    .images[0]
                #expect(image.reasons.contains(reason))
                #expect(constraints.acceptsAspectRatio(of: image.size))
                #expect(Double(image.size.longSide) / Double(image.size.shortSide) > 2.98)
            }
        }
    }

    @Test("fills padding with the background and centres the image")
    func padding() async throws {
        var constraints = InputConstraints.seedream4
        constraints.fit = .pad
        constraints.minimumArea = 1
        var options = PreparationOptions()
        options.format = .png
        options.background = RGBColor(red: 255, green: 0, blue: 0)
        let image = try await ImagePreparer(constraints: constraints, options: options)
            .prepare(Self.inputs(["corrupt/ratio-3.5.jpg"])).images[0]
        // 140x40 becomes 140x47. The image starts at row 2: a whole chroma sample. Chroma blends in
        // one row on each side of the edges, 2 and 42.
        let pixels = try DecodedPixels(image.bytes.array)
        try #require(pixels.size == PixelSize(width: 140, height: 47))
        for row in [0, 44, 45, 46] {
            for pixel in row * 140..<(row + 1) * 140 {
                let color = pixels.rgba[4 * pixel..<4 * pixel + 4].map { Int($0) }
                #expect(color[0] > 250 && color[1] < 6 && color[2] < 6, "row \(row): \(color)")
            }
        }
        func rows(_ pixels: DecodedPixels, _ range: Range<Int>) -> DecodedPixels {
            DecodedPixels(
                size: PixelSize(width: 140, height: range.count),
                rgba: Array(pixels.rgba[range.lowerBound * 560..<range.upperBound * 560]))
        }
        let source = try DecodedPixels(Fixtures.bytes("corrupt/ratio-3.5.jpg"))
        #expect(rows(pixels, 4..<40).psnr(rows(source, 2..<38)) > 35)
    }

    @Test("stops between strips when the task is cancelled")
    func cancellation() async throws {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 12_000_000
        let preparer = ImagePreparer(constraints: constraints)
        let (progress, reporter) = PreparationProgress.makeStream()
        let task = Task { try await preparer.prepare(Self.inputs(Self.photos), reportingTo: reporter) }
        for await state in progress where state.fraction > 0 { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("reports progress that increases to 1 and ends")
    func progress() async throws {
        let (stream, reporter) = PreparationProgress.makeStream()
        async let batch = ImagePreparer().prepare(Self.inputs(Self.photos), reportingTo: reporter)
        var last: PreparationProgress?
        for await state in stream {
            #expect(state.total == Self.photos.count)
            #expect((0...1.000001).contains(state.fraction))
            #expect(state.completed >= last?.completed ?? 0)
            last = state
        }
        #expect(try await batch.images.count == Self.photos.count)
        #expect(last?.completed == Self.photos.count)
    }

    @Test("prepares one image at a time with a small memory budget")
    func smallMemory() async throws {
        var options = PreparationOptions()
        options.memoryBudget = 16 << 20
        #expect(
            try await ImagePreparer(options: options).prepare(Self.inputs(Self.photos)).images.count
                == Self.photos.count)
    }

    @Test("fails an image above the memory budget and prepares the others")
    func memoryCeiling() async throws {
        var options = PreparationOptions()
        func prepare(within budget: Int) async throws -> PreparedBatch {
            options.memoryBudget = budget
            return try await ImagePreparer(options: options).prepare(
                Self.inputs(Self.photos), failures: .collect)
        }
        let refused = try await prepare(within: 1).failed
        #expect(refused.map(\.code) == Self.photos.map { _ in .limitExceeded })
        // The message states the need, and the value in the hint is enough.
        let needs = try refused.map { failure in
            let need = try #require(
                failure.message.wholeMatch(
                    of: /preparing needs about (\d+) bytes of memory, the limit is 1 bytes of memory/)?.1)
            #expect(failure.hint.hasPrefix("allow more with `memoryBudget = \(need)`"))
            return try #require(Int(need))
        }
        let least = try #require(needs.min())
        let some = try await prepare(within: least)
        #expect(some.images.count == needs.count { $0 <= least })
        #expect(some.failed.count == needs.count { $0 > least })
        #expect(try await prepare(within: needs.max() ?? 0).images.count == Self.photos.count)
    }

    @Test("takes bytes and data URIs like files")
    func origins() async throws {
        let bytes = try Fixtures.bytes("photos/rocket.jpg")
        let file = try await ImagePreparer().prepare(Self.inputs(["photos/rocket.jpg"])).images[0]
        let encoded = try await ImagePreparer().prepare([.bytes(bytes, name: "x")]).images[0]
        #expect(encoded.sha256 == file.sha256)
        let uri = DataURI(mediaType: .png, bytes: EncodedBytes(copying: bytes)).string
        #expect(try await ImagePreparer().prepare([.dataURI(uri)]).images[0].sha256 == file.sha256)
        for broken in ["data:image/jpeg;base64", "data:image/jpeg,abc", "data:image/jpeg;base64,*"] {
            let plan = try ImagePreparer().plan([.dataURI(broken)])
            #expect(plan.failed.first?.code == .unreadableInput, "\(broken)")
        }
    }
}

/// Collects outcomes in the test's task.
final class Outcomes {
    var list: [PreparationOutcome] = []
}

extension MediaType {
    /// The name of the format in the media type.
    var displayFormat: String { rawValue.split(separator: "/").last.map(String.init) ?? "" }
}
