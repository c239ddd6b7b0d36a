import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("Ark: requests")
struct ArkDraftTests {
    private let provider = ArkProvider()

    @Test("an edit of one image sends it as a string, with a size in px, no watermark, and no set")
    func edit() throws {
        let draft = try provider.draft(SampleImage.request())
        #expect(draft.url == "https://ark.ap-southeast.bytepluses.com/api/v3/images/generations")
        #expect(
            try draft.sent == [
                "model": "seedream-4-0-250828", "prompt": "Replace the dog with a puppy",
                "image": "https://cdn.example/1.jpg", "size": "2364x1773",
                "response_format": "url", "watermark": false,
            ])
        #expect(draft.predictedSize == PixelSize(width: 2364, height: 1773))
        #expect(draft.outputs == 1...1)
        #expect(draft.warnings.isEmpty)
    }

    @Test("text-to-image has no image")
    func generate() throws {
        #expect(
            try provider.draft(SampleImage.request(0)).sent == [
                "model": "seedream-4-0-250828", "prompt": "Replace the dog with a puppy", "size": "2048x2048",
                "response_format": "url", "watermark": false,
            ])
    }

    @Test("all settings are sent in the documented words")
    func everything() throws {
        var request = SampleImage.request(2)
        request.size = .aspect(try #require(AspectRatio(width: 16, height: 9)), .k4)
        request.imagesPerGeneration = 13
        request.safetyChecker = true
        request.enhancement = .fast
        request.delivery = .inline
        request.model = "doubao-seedream-4-0-250828"
        var options = ProviderOptions()
        options.arkWatermark = true
        let draft = try provider.draft(request, options: options)
        #expect(
            try draft.sent == [
                "model": "doubao-seedream-4-0-250828", "prompt": "Replace the dog with a puppy",
                "image": ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"], "size": "5461x3072",
                "sequential_image_generation": "auto",
                "sequential_image_generation_options": ["max_images": 13], "response_format": "b64_json",
                "watermark": true, "optimize_prompt_options": ["mode": "fast"],
            ])
        #expect(draft.outputs == 1...13)
        #expect(draft.isInline)
        #expect(draft.warnings.isEmpty)
    }

    @Test("a data URI has its media type in lower case")
    func dataURI() throws {
        let image = SampleImage.prepared(2000, 1500, mediaType: .png)
        let draft = try provider.draft(
            SampleImage.request(), images: [.dataURI(image.dataURI)],
            in: RequestContext(endpoints: .standard(.ark)))
        #expect(try draft.sent["image"] == "data:image/png;base64,AAECAwQ=")
    }

    @Test(
        "accepts 921600 to 16777216 px² and ratios up to 16",
        arguments: [
            (1280, 720, true), (1279, 720, false), (4096, 4096, true), (4097, 4096, false),
            (8192, 2048, true), (3840, 240, true), (3856, 240, false), (240, 3840, true), (240, 3856, false),
            (0, 4096, false), (-1280, -720, false),
        ])
    func sizes(_ width: Int, _ height: Int, _ isTaken: Bool) throws {
        for images in [0, 1] {
            var request = SampleImage.request(images)
            request.size = .pixels(PixelSize(width: width, height: height))
            #expect(provider.refusedField(request) == (isTaken ? nil : "size"))
            if isTaken { #expect(try provider.draft(request).sent["size"] == .string("\(width)x\(height)")) }
        }
    }

    @Test("every aspect ratio up to 16:1 has a size in every tier", arguments: SizeTier.allCases)
    func shapes(_ tier: SizeTier) throws {
        for long in 100...1600 {
            var request = SampleImage.request(0)
            request.size = .aspect(try #require(AspectRatio(width: long, height: 100)), tier)
            #expect(provider.refusedField(request) == nil, "\(long):100")
            request.size = .aspect(try #require(AspectRatio(width: 100, height: long)), tier)
            #expect(provider.refusedField(request) == nil, "100:\(long)")
        }
        var request = SampleImage.request(0)
        request.size = .aspect(try #require(AspectRatio(width: 17, height: 1)), tier)
        #expect(provider.refusedField(request) == "size")
    }

    @Test("a preset is sent as its pixels if they are enough, and refused otherwise")
    func presets() throws {
        var request = SampleImage.request()
        request.size = .preset(.squareHD)
        #expect(try provider.draft(request).sent["size"] == "1024x1024")
        for preset in SizePreset.allCases where preset != .squareHD {
            request.size = .preset(preset)
            #expect(provider.refusedField(request) == "size")
        }
        request.size = .preset(.auto)
        let draft = try provider.draft(request, isLenient: true)
        #expect(try draft.sent["size"] == "2364x1773")
        #expect(draft.warned == ["size field-dropped"])
    }

    @Test("accepts 10 inputs, sets of 1 to 15, and 15 inputs and outputs together")
    func ranges() {
        func refused(_ images: Int, _ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request(images)
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused(10) { $0.imagesPerGeneration = 5 } == nil)
        #expect(refused(10) { $0.imagesPerGeneration = 6 } == "count")
        #expect(refused(11) { _ in } == "images")
        #expect(refused(0) { $0.imagesPerGeneration = 15 } == nil)
        #expect(refused(0) { $0.imagesPerGeneration = 16 } == "imagesPerGeneration")
        #expect(refused(0) { $0.imagesPerGeneration = 0 } == "imagesPerGeneration")
        #expect(refused(0) { $0.prompt = "" } == "prompt")
        #expect(refused(0) { $0.model = "" } == "model")
    }

    @Test("unsupported settings are refused by name, or dropped with a warning")
    func inexpressible() throws {
        func refused(_ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request()
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused { $0.seed = 7 } == "seed")
        #expect(refused { $0.count = 2 } == "count")
        #expect(refused { $0.safetyChecker = false } == "safetyChecker")
        #expect(refused { $0.enhancement = .off } == "enhancement")
        #expect(refused { $0.webhook = "https://example.test/hook" } == "webhook")
        var request = SampleImage.request()
        request.seed = 7
        request.count = 2
        request.safetyChecker = false
        request.enhancement = .off
        request.webhook = "https://example.test/hook"
        let draft = try provider.draft(request, isLenient: true)
        #expect(
            Set(draft.warned)
                == Set(
                    ["seed", "count", "safetyChecker", "enhancement", "webhook"].map {
                        "\($0) field-dropped"
                    }))
        #expect(
            Set(try #require(try draft.sent.object).keys) == [
                "model", "prompt", "image", "size", "response_format",
                "watermark",
            ])
        #expect(draft.outputs == 1...1)
    }

    @Test(
        "warns of prompts beyond 600 words or 300 Chinese characters",
        arguments: [
            (String(repeating: "word ", count: 600), false), (String(repeating: "word ", count: 601), true),
            (String(repeating: "狗", count: 300), false), (String(repeating: "狗", count: 301), true),
        ])
    func longPrompt(_ prompt: String, _ isLong: Bool) throws {
        let draft = try provider.draft(SampleImage.request(prompt: prompt))
        #expect(draft.warned == (isLong ? ["prompt long-prompt"] : []))
        #expect(try draft.sent["prompt"] == .string(prompt))
    }

    @Test("the key is sent as a bearer token, and each draft has a separate id")
    func fields() throws {
        var fields = HTTPFields()
        provider.authorize(
            &fields, with: try #require(APIKey("k-123")), in: RequestContext(endpoints: .standard(.ark)))
        #expect(fields == [.authorization: "Bearer k-123"])
        let name = try #require(HTTPField.Name("X-Client-Request-Id"))
        let ids = try (0..<2).map { _ in
            try #require(try provider.draft(SampleImage.request()).fields[name])
        }
        #expect(ids[0] != ids[1])
    }
}
