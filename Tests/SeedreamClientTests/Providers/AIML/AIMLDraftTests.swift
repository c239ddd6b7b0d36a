import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("AIML API: requests")
struct AIMLDraftTests {
    private let provider = AIMLProvider()

    @Test("an edit has the first image's aspect ratio and only fields of the schema")
    func edit() throws {
        let draft = try provider.draft(SampleImage.request(2))
        #expect(draft.url == "https://api.aimlapi.com/v1/images/generations")
        #expect(
            try draft.sent == [
                "model": "bytedance/seedream-v4-edit", "prompt": "Replace the dog with a puppy",
                "image_urls": ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"],
                "image_size": ["width": 2364, "height": 1773], "num_images": 1,
            ])
        #expect(draft.outputs == 1...1)
        #expect(draft.predictedSize == PixelSize(width: 2364, height: 1773))
        #expect(draft.warnings.isEmpty)
        #expect(!draft.isInline)
    }

    @Test("text-to-image has its own model, no images, and a square size")
    func generate() throws {
        let draft = try provider.draft(SampleImage.request(0))
        #expect(
            try draft.sent == [
                "model": "bytedance/seedream-v4-text-to-image", "prompt": "Replace the dog with a puppy",
                "image_size": ["width": 2048, "height": 2048], "num_images": 1,
            ])
    }

    @Test("all settings are sent in the schema's words")
    func everything() throws {
        var request = SampleImage.request()
        request.size = .preset(.landscape16x9)
        request.count = 4
        request.seed = 1
        request.safetyChecker = false
        request.delivery = .inline
        request.model = "bytedance/another"
        let draft = try provider.draft(request)
        #expect(
            try draft.sent == [
                "model": "bytedance/another", "prompt": "Replace the dog with a puppy",
                "image_urls": ["https://cdn.example/1.jpg"], "image_size": "landscape_16_9", "num_images": 4,
                "seed": 1, "sync_mode": true, "enable_safety_checker": false,
            ])
        #expect(draft.outputs == 4...4)
        #expect(draft.predictedSize == nil)
        #expect(draft.isInline)
        #expect(draft.model == "bytedance/another")
    }

    @Test("a data URI is sent in full")
    func dataURI() throws {
        let image = SampleImage.prepared(2000, 1500)
        let draft = try provider.draft(
            SampleImage.request(), images: [.dataURI(image.dataURI)],
            in: RequestContext(endpoints: .standard(.aiml)))
        #expect(try draft.sent["image_urls"] == ["data:image/jpeg;base64,AAECAwQ="])
    }

    @Test("accepts the six presets", arguments: SizePreset.allCases.filter { $0.pixels != nil })
    func presets(_ preset: SizePreset) throws {
        var request = SampleImage.request()
        request.size = .preset(preset)
        #expect(try provider.draft(request).sent["image_size"] == .string(preset.rawValue))
    }

    @Test(
        "refuses automatic sizes, or uses the first image's aspect ratio if that is allowed",
        arguments: [(SizePreset.auto, 2364, 1773), (.auto2K, 2364, 1773), (.auto4K, 4096, 3072)])
    func automatic(_ preset: SizePreset, _ width: Int, _ height: Int) throws {
        var request = SampleImage.request()
        request.size = .preset(preset)
        #expect(provider.refusedField(request) == "size")
        let draft = try provider.draft(request, isLenient: true)
        #expect(
            try draft.sent["image_size"] == ["width": .integer(width), "height": .integer(height)])
        #expect(draft.warned == ["size field-dropped"])
    }

    @Test(
        "accepts sides of 1024 to 4096 px",
        arguments: [(1024, 1024), (4096, 4096), (1024, 4096), (4096, 1024)])
    func sides(_ width: Int, _ height: Int) throws {
        var request = SampleImage.request()
        request.size = .pixels(PixelSize(width: width, height: height))
        #expect(
            try provider.draft(request).sent["image_size"] == [
                "width": .integer(width), "height": .integer(height),
            ])
    }

    @Test(
        "refuses sides outside that range",
        arguments: [(1023, 2048), (2048, 1023), (4097, 2048), (2048, 4097), (1280, 720)])
    func otherSides(_ width: Int, _ height: Int) {
        var request = SampleImage.request()
        request.size = .pixels(PixelSize(width: width, height: height))
        #expect(provider.refusedField(request) == "size")
    }

    @Test("an aspect ratio whose tier is too small for the provider is enlarged, with a warning")
    func widened() throws {
        var request = SampleImage.request()
        request.size = .aspect(try #require(AspectRatio(width: 16, height: 9)), .k1)
        let draft = try provider.draft(request)
        #expect(try draft.sent["image_size"] == ["width": 1820, "height": 1024])
        #expect(draft.warned == ["size size-adjusted"])
    }

    @Test("accepts 1 to 4 images per request, 10 inputs, 4000 characters, and seeds from 1")
    func ranges() {
        func refused(_ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request()
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused { $0.count = 0 } == "count")
        #expect(refused { $0.count = 1 } == nil)
        #expect(refused { $0.count = 4 } == nil)
        #expect(refused { $0.count = 5 } == "count")
        #expect(refused { $0.images = SampleImage.request(10).images } == nil)
        #expect(refused { $0.images = SampleImage.request(11).images } == "images")
        #expect(refused { $0.prompt = "x" } == nil)
        #expect(refused { $0.prompt = " \n" } == "prompt")
        #expect(refused { $0.prompt = String(repeating: "x", count: 4000) } == nil)
        #expect(refused { $0.prompt = String(repeating: "x", count: 4001) } == "prompt")
        #expect(refused { $0.seed = 1 } == nil)
        #expect(refused { $0.seed = 0 } == "seed")
        #expect(refused { $0.model = " " } == "model")
    }

    @Test("unsupported settings are refused by name, or dropped with a warning")
    func inexpressible() throws {
        var request = SampleImage.request()
        request.enhancement = .standard
        #expect(provider.refusedField(request) == "enhancement")
        request.enhancement = nil
        request.imagesPerGeneration = 2
        #expect(provider.refusedField(request) == "imagesPerGeneration")
        request.imagesPerGeneration = 1
        request.webhook = "https://example.test/hook"
        #expect(provider.refusedField(request) == "webhook")
        request.enhancement = .off
        request.imagesPerGeneration = 2
        let draft = try provider.draft(request, isLenient: true)
        #expect(
            Set(draft.warned) == [
                "enhancement field-dropped", "imagesPerGeneration field-dropped", "webhook field-dropped",
            ])
        let members = try #require(try draft.sent.object)
        #expect(Set(members.keys) == ["model", "prompt", "image_urls", "image_size", "num_images"])
        #expect(draft.outputs == 1...1)
    }

    @Test("each draft has a separate id that satisfies the provider's rule")
    func requestID() throws {
        let name = try #require(HTTPField.Name("X-Client-Request-Id"))
        let ids = try (0..<2).map { _ in
            try #require(try provider.draft(SampleImage.request()).fields[name])
        }
        #expect(ids[0] != ids[1])
        #expect((1...128).contains(ids[0].count))
        #expect(ids[0].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._:-".contains($0)) })
    }

    @Test("the key is sent as a bearer token")
    func key() throws {
        var fields = HTTPFields()
        provider.authorize(
            &fields, with: try #require(APIKey("k-123")), in: RequestContext(endpoints: .standard(.aiml)))
        #expect(fields == [.authorization: "Bearer k-123"])
    }
}
