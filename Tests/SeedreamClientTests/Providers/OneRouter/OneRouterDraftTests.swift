import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("OneRouter: requests")
struct OneRouterDraftTests {
    private let provider = OneRouterProvider()

    @Test("an edit has a size in px and switches the safety checker on, which is off by default")
    func edit() throws {
        let draft = try provider.draft(SampleImage.request(2))
        #expect(draft.url == "https://image.onerouter.pro/v1/images/edits")
        #expect(draft.operation == .onerouter(.edit))
        #expect(
            try draft.sent == [
                "model": "seedream-v4-image-to-image", "prompt": "Replace the dog with a puppy",
                "image_urls": ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"],
                "image_size": ["width": 2364, "height": 1773], "enable_safety_checker": true, "n": 1,
                "output_format": "url",
            ])
        #expect(draft.predictedSize == PixelSize(width: 2364, height: 1773))
        #expect(draft.outputs == 1...1)
        #expect(draft.warnings.isEmpty)
    }

    @Test("text-to-image has its own path, and no images")
    func generate() throws {
        let draft = try provider.draft(SampleImage.request(0))
        #expect(draft.url == "https://image.onerouter.pro/v1/images/generations")
        #expect(draft.operation == .onerouter(.generate))
        #expect(
            try draft.sent == [
                "model": "seedream-v4-text-to-image", "prompt": "Replace the dog with a puppy",
                "image_size": ["width": 2048, "height": 2048], "enable_safety_checker": true, "n": 1,
                "output_format": "url",
            ])
    }

    @Test("all settings are sent in the documented words")
    func everything() throws {
        var request = SampleImage.request()
        request.size = .preset(.auto4K)
        request.count = 15
        request.seed = -5
        request.safetyChecker = false
        request.enhancement = .fast
        request.delivery = .inline
        request.model = "bytedance/seedream-4"
        let draft = try provider.draft(request)
        #expect(
            try draft.sent == [
                "model": "bytedance/seedream-4", "prompt": "Replace the dog with a puppy",
                "image_urls": ["https://cdn.example/1.jpg"], "size": "auto_4K", "seed": -5,
                "enable_safety_checker": false, "enhance_prompt_mode": "fast", "n": 15,
                "output_format": "b64_json",
            ])
        #expect(draft.outputs == 15...15)
        #expect(draft.predictedSize == nil)
        #expect(draft.isInline)
    }

    /// The presets that the table lists.
    static let listed = ModelTable.standard.entry("4.0", at: .onerouter)?.output?.value.presets ?? []

    @Test("sends every preset by name, and then no pixels", arguments: listed)
    func presets(_ preset: SizePreset) throws {
        var request = SampleImage.request()
        request.size = .preset(preset)
        let body = try provider.draft(request).sent
        #expect(body["size"] == .string(preset.rawValue))
        #expect(body["image_size"] == nil)
    }

    @Test("accepts 921600 to 16777216 px², reports enlarged edits below, and refuses text-to-image there")
    func areas() throws {
        func request(_ images: Int, _ width: Int, _ height: Int) -> GenerationRequest {
            var request = SampleImage.request(images)
            request.size = .pixels(PixelSize(width: width, height: height))
            return request
        }
        for images in [0, 1] {
            #expect(provider.refusedField(request(images, 1280, 720)) == nil)
            #expect(provider.refusedField(request(images, 4096, 4096)) == nil)
            #expect(provider.refusedField(request(images, 4097, 4096)) == "size")
            #expect(provider.refusedField(request(images, 0, 4096)) == "size")
            #expect(provider.refusedField(request(images, -1024, -1024)) == "size")
        }
        #expect(provider.refusedField(request(0, 1279, 720)) == "size")
        let small = try provider.draft(request(1, 640, 360))
        #expect(small.warned == ["size size-adjusted"])
        #expect(try small.sent["image_size"] == ["width": 640, "height": 360])
        #expect(small.predictedSize == PixelSize(width: 1280, height: 720))
    }

    @Test("accepts any number of generations, and 10 inputs")
    func ranges() {
        func refused(_ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request()
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused { $0.count = 0 } == "count")
        #expect(refused { $0.count = 15 } == nil)
        #expect(refused { $0.count = 1000 } == nil)
        #expect(refused { $0.images = SampleImage.request(10).images } == nil)
        #expect(refused { $0.images = SampleImage.request(11).images } == "images")
        #expect(refused { $0.prompt = "" } == "prompt")
        #expect(refused { $0.prompt = String(repeating: "x", count: 10_000) } == nil)
        #expect(refused { $0.model = "" } == "model")
    }

    @Test("unsupported settings are refused by name, or dropped with a warning")
    func inexpressible() throws {
        var request = SampleImage.request()
        request.enhancement = .off
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
        #expect(
            Set(try #require(try draft.sent.object).keys) == [
                "model", "prompt", "image_urls", "image_size", "enable_safety_checker", "n", "output_format",
            ])
    }

    @Test("an image given by URL makes the result a square, with a warning")
    func remote() throws {
        var request = SampleImage.request()
        request.images = [.remote("https://cdn.example/1.jpg")]
        let draft = try provider.draft(request)
        #expect(draft.warned == ["size shape-unknown"])
        #expect(try draft.sent["image_size"] == ["width": 2048, "height": 2048])
    }

    @Test(
        "the key is sent as a bearer token, or bare", arguments: [(false, "Bearer sk-123"), (true, "sk-123")])
    func key(_ isBare: Bool, _ expected: String) throws {
        var context = RequestContext(endpoints: .standard(.onerouter))
        context.options.onerouterSendsBareKey = isBare
        var fields = HTTPFields()
        provider.authorize(&fields, with: try #require(APIKey("sk-123")), in: context)
        #expect(fields == [.authorization: expected])
    }
}
