import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("Apiframe: requests")
struct ApiframeDraftTests {
    private let provider = ApiframeProvider()

    @Test("an edit of one image equals the documented example")
    func example() throws {
        var request = SampleImage.request()
        request.enhancement = .standard
        request.webhook = "https://example.test/hook"
        let draft = try provider.draft(request)
        #expect(draft.url == "https://api.apiframe.ai/v2/images/generate")
        #expect(
            try draft.sent == [
                "model": "seedream-4", "prompt": "Replace the dog with a puppy",
                "seedreamParams": [
                    "image_input": ["https://cdn.example/1.jpg"], "aspect_ratio": "match_input_image",
                    "size": "2K", "enhance_prompt": true,
                ],
                "webhookUrl": "https://example.test/hook", "webhookEvents": ["completed", "failed"],
            ])
        #expect(draft.outputs == 1...1)
        #expect(draft.predictedSize == nil)
        #expect(draft.warnings.isEmpty)
    }

    @Test("with several images the size is sent in px, in the first one's aspect ratio")
    func several() throws {
        let draft = try provider.draft(SampleImage.request(2))
        #expect(
            try draft.sent["seedreamParams"] == [
                "image_input": ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"], "size": "custom",
                "width": 2364, "height": 1773,
            ])
        #expect(draft.predictedSize == PixelSize(width: 2364, height: 1773))
    }

    @Test("text-to-image is a square, sent in words")
    func generate() throws {
        #expect(
            try provider.draft(SampleImage.request(0)).sent == [
                "model": "seedream-4", "prompt": "Replace the dog with a puppy",
                "seedreamParams": ["aspect_ratio": "1:1", "size": "2K"],
            ])
    }

    @Test("an aspect ratio with a tier is sent in words, pixels as a custom size", arguments: [0, 1, 3])
    func sizes(_ images: Int) throws {
        var request = SampleImage.request(images)
        request.size = .aspect(try #require(AspectRatio(width: 16, height: 9)), .k4)
        var parameters = try #require(try provider.draft(request).sent["seedreamParams"]?.object)
        parameters["image_input"] = nil
        #expect(parameters == ["aspect_ratio": "16:9", "size": "4K"])
        request.size = .pixels(PixelSize(width: 1024, height: 4096))
        parameters = try #require(try provider.draft(request).sent["seedreamParams"]?.object)
        parameters["image_input"] = nil
        #expect(parameters == ["size": "custom", "width": 1024, "height": 4096])
    }

    @Test(
        "refuses sides below 1024 and above 4096 px",
        arguments: [(1023, 2048), (2048, 1023), (4097, 2048), (2048, 4097)])
    func sides(_ width: Int, _ height: Int) {
        var request = SampleImage.request()
        request.size = .pixels(PixelSize(width: width, height: height))
        #expect(provider.refusedField(request) == "size")
    }

    @Test("a preset is sent as its pixels if they are enough, and refused otherwise")
    func presets() throws {
        var request = SampleImage.request()
        request.size = .preset(.squareHD)
        #expect(
            try provider.draft(request).sent["seedreamParams"] == [
                "image_input": ["https://cdn.example/1.jpg"], "size": "custom", "width": 1024, "height": 1024,
            ])
        for preset in SizePreset.allCases where preset != .squareHD {
            request.size = .preset(preset)
            #expect(provider.refusedField(request) == "size")
        }
        request.size = .preset(.auto4K)
        let draft = try provider.draft(request, isLenient: true)
        #expect(draft.warned == ["size field-dropped"])
        #expect(
            try draft.sent["seedreamParams"] == [
                "image_input": ["https://cdn.example/1.jpg"], "aspect_ratio": "match_input_image",
                "size": "4K",
            ])
    }

    @Test("prompt enhancement can be switched; a seed and a data URI are sent with a warning")
    func parameters() throws {
        var request = SampleImage.request()
        request.enhancement = .off
        request.seed = -1
        let image = SampleImage.prepared(2000, 1500)
        let draft = try provider.draft(
            request, images: [.dataURI(image.dataURI)],
            in: RequestContext(endpoints: .standard(.apiframe)))
        #expect(
            try draft.sent["seedreamParams"] == [
                "image_input": ["data:image/jpeg;base64,AAECAwQ="], "aspect_ratio": "match_input_image",
                "size": "2K", "enhance_prompt": false, "seed": -1,
            ])
        #expect(draft.warned == ["seed effect-unknown", "images effect-unknown"])
    }

    @Test("accepts 10 inputs and 1 to 2000 characters")
    func ranges() {
        func refused(_ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request()
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused { $0.images = SampleImage.request(10).images } == nil)
        #expect(refused { $0.images = SampleImage.request(11).images } == "images")
        #expect(refused { $0.prompt = "x" } == nil)
        #expect(refused { $0.prompt = "" } == "prompt")
        #expect(refused { $0.prompt = String(repeating: "x", count: 2000) } == nil)
        #expect(refused { $0.prompt = String(repeating: "x", count: 2001) } == "prompt")
        // JavaScript counts an emoji twice.
        #expect(refused { $0.prompt = String(repeating: "🐕", count: 1001) } == "prompt")
        #expect(refused { $0.webhook = "example.test/hook" } == "webhook")
        #expect(refused { $0.model = "" } == "model")
    }

    @Test("unsupported settings are refused by name, or dropped with a warning")
    func inexpressible() throws {
        func refused(_ change: (inout GenerationRequest) -> Void) -> String? {
            var request = SampleImage.request()
            change(&request)
            return provider.refusedField(request)
        }
        #expect(refused { $0.count = 2 } == "count")
        #expect(refused { $0.imagesPerGeneration = 2 } == "imagesPerGeneration")
        #expect(refused { $0.safetyChecker = true } == "safetyChecker")
        #expect(refused { $0.safetyChecker = false } == "safetyChecker")
        #expect(refused { $0.enhancement = .fast } == "enhancement")
        #expect(refused { $0.delivery = .inline } == "delivery")
        var request = SampleImage.request()
        request.count = 2
        request.imagesPerGeneration = 2
        request.safetyChecker = true
        request.enhancement = .fast
        request.delivery = .inline
        let draft = try provider.draft(request, isLenient: true)
        #expect(
            Set(draft.warned)
                == Set(
                    ["count", "imagesPerGeneration", "safetyChecker", "enhancement", "delivery"].map {
                        "\($0) field-dropped"
                    }))
        #expect(Set(try #require(try draft.sent.object).keys) == ["model", "prompt", "seedreamParams"])
        #expect(
            Set(try #require(try draft.sent["seedreamParams"]?.object).keys) == [
                "image_input", "aspect_ratio", "size",
            ])
        #expect(draft.outputs == 1...1)
        #expect(!draft.isInline)
    }

    @Test("the key has a separate field, and repeated drafts are equal")
    func fields() throws {
        var fields = HTTPFields()
        provider.authorize(
            &fields, with: try #require(APIKey("afk_1")), in: RequestContext(endpoints: .standard(.apiframe)))
        #expect(fields == [try #require(HTTPField.Name("X-API-Key")): "afk_1"])
        let drafts = try (0..<2).map { _ in try provider.draft(SampleImage.request()) }
        #expect(drafts[0].body == drafts[1].body)
        #expect(drafts[0].fields.isEmpty)
        #expect(drafts[1].fields.isEmpty)
    }
}
