import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("fields of models")
struct ModelDraftTests {
    /// Returns a request for a model, with one image of 4:3 given by URL unless `images` says more.
    private func request(
        _ model: String, images: Int = 1, _ change: (inout GenerationRequest) -> Void = { _ in }
    )
        -> GenerationRequest
    {
        var request = SampleImage.request(images)
        request.model = model
        change(&request)
        return request
    }

    private func names(_ provider: any Provider, _ request: GenerationRequest) throws -> Set<String> {
        Set(try #require(try provider.draft(request).sent.object).keys)
    }

    @Test("Ark: no word about sets unless one is asked for, since 5.0 Pro and Flash refuse it")
    func sets() throws {
        for model in ["4.0", "4.5", "5.0-lite", "5.0-pro", "5.0-flash", "5.5"] {
            let names = try names(ArkProvider(), request(model))
            #expect(!names.contains { $0.hasPrefix("sequential") }, "\(model)")
        }
        let set = request("4.5") { $0.imagesPerGeneration = 3 }
        #expect(try ArkProvider().draft(set).sent["sequential_image_generation"] == "auto")
        let refused = request("5.0-pro") { $0.imagesPerGeneration = 3 }
        #expect(ArkProvider().refusedField(refused) == "imagesPerGeneration")
        let dropped = try ArkProvider().draft(refused, isLenient: true)
        #expect(dropped.warned == ["imagesPerGeneration field-dropped"] && dropped.outputs == 1...1)
    }

    @Test("fal: counts, seed and enhancement only to models that have them")
    func fal() throws {
        #expect(
            try names(FalProvider(), request("4.0")) == [
                "prompt", "image_urls", "image_size", "num_images", "max_images", "sync_mode",
            ])
        #expect(
            try names(FalProvider(), request("5.0-pro")) == [
                "prompt", "image_urls", "image_size", "num_images", "sync_mode",
            ])
        // Nothing is known of it: only what is set goes out.
        #expect(
            try names(FalProvider(), request("5.0-flash", images: 0)) == ["prompt", "image_size"])
        #expect(FalProvider().refusedField(request("5.0-pro") { $0.seed = 1 }) == "seed")
        #expect(FalProvider().refusedField(request("5.0-lite") { $0.seed = 1 }) == "seed")
        #expect(FalProvider().refusedField(request("4.5") { $0.seed = 1 }) == nil)
        #expect(FalProvider().refusedField(request("4.5") { $0.enhancement = .standard }) == "enhancement")
        #expect(FalProvider().refusedField(request("4.0") { $0.enhancement = .standard }) == nil)
        let unknown = try FalProvider().draft(request("5.0-flash", images: 0) { $0.seed = 7 })
        #expect(try unknown.sent["seed"] == 7)
        #expect(unknown.warned.contains("seed effect-unknown"))
    }

    @Test("AIML: later models have no count, no synchronous mode and no switch for the safety check")
    func aiml() throws {
        #expect(
            try names(AIMLProvider(), request("4.5")) == ["model", "prompt", "image_urls", "image_size"])
        let inline = request("4.5") { $0.delivery = .inline }
        #expect(try AIMLProvider().draft(inline).sent["response_format"] == "b64_json")
        #expect(try AIMLProvider().draft(inline).isInline)
        let old = request("4.0") { $0.delivery = .inline }
        #expect(try AIMLProvider().draft(old).sent["sync_mode"] == true)
        #expect(AIMLProvider().refusedField(request("4.5") { $0.count = 2 }) == "count")
        #expect(AIMLProvider().refusedField(request("4.5") { $0.safetyChecker = false }) == "safetyChecker")
    }

    @Test("formats, backgrounds and scales go to the models that have them, in each host's words")
    func extras() throws {
        let png = request("5.0-lite") { $0.resultFormat = .png }
        #expect(try ArkProvider().draft(png).sent["output_format"] == "png")
        #expect(
            try FalProvider().draft(request("5.0-pro") { $0.resultFormat = .png }).sent["output_format"]
                == "png")
        let apiframe = request("4.5") {
            $0.resultFormat = .jpeg
            $0.guidanceScale = 3.5
        }
        let block = try ApiframeProvider().draft(apiframe).sent["seedreamParams"]
        #expect(block?["output_format"] == "jpg" && block?["guidance_scale"]?.number == 3.5)
        #expect(ArkProvider().refusedField(request("4.0") { $0.resultFormat = .png }) == "resultFormat")
        #expect(ArkProvider().refusedField(request("4.5") { $0.guidanceScale = 2 }) == "guidanceScale")
        let old = request("3.0", images: 0) { $0.guidanceScale = 2.5 }
        #expect(try ArkProvider().draft(old).sent["guidance_scale"]?.number == 2.5)
        #expect(
            ArkProvider().refusedField(request("3.0", images: 0) { $0.guidanceScale = 11 })
                == "guidanceScale")
        #expect(OneRouterProvider().refusedField(request("4.0") { $0.resultFormat = .png }) == "resultFormat")
    }

    @Test("Ark: thorough and quick rewriting as each model has them")
    func enhancement() throws {
        #expect(ArkProvider().refusedField(request("4.5") { $0.enhancement = .fast }) == "enhancement")
        #expect(ArkProvider().refusedField(request("5.0-pro") { $0.enhancement = .fast }) == nil)
        #expect(ArkProvider().refusedField(request("5.5") { $0.enhancement = .fast }) == "enhancement")
        // Not stated for Flash.
        let unknown = try ArkProvider().draft(request("5.0-flash") { $0.enhancement = .fast })
        #expect(unknown.warned.contains("enhancement effect-unknown"))
    }

    @Test("layers: one image, no background, the prompt may be empty, and the size is the image's")
    func layers() throws {
        let layered = request("5.0-pro") {
            $0.splitsLayers = true
            $0.prompt = ""
        }
        let draft = try ArkProvider().draft(layered)
        #expect(
            try draft.sent == [
                "model": "seedream-5-0-pro-260628", "image": "https://cdn.example/1.jpg", "size": "auto",
                "response_format": "url", "watermark": false, "output_format": "png",
                "layer_decomposition": true,
            ])
        #expect(draft.outputs == 1...17 && draft.isLayered)
        #expect(try ArkProvider().draft(request("5.5") { $0.splitsLayers = true }).outputs == 1...100)
        #expect(ArkProvider().refusedField(request("5.5", images: 2) { $0.splitsLayers = true }) == "images")
        #expect(ArkProvider().refusedField(request("4.5") { $0.splitsLayers = true }) == "splitsLayers")
        #expect(FalProvider().refusedField(request("5.0-pro") { $0.splitsLayers = true }) == "splitsLayers")
        let both = request("5.5") {
            $0.splitsLayers = true
            $0.resultBackground = .transparent
        }
        #expect(ArkProvider().refusedField(both) == "resultBackground")
    }

    @Test("layers have no JPEG, and a size of their own only if one is asked for")
    func layerSettings() throws {
        func layered(_ model: String, _ change: (inout GenerationRequest) -> Void = { _ in })
            -> GenerationRequest
        {
            request(model) {
                $0.splitsLayers = true
                change(&$0)
            }
        }
        #expect(ArkProvider().refusedField(layered("5.5") { $0.resultFormat = .jpeg }) == "resultFormat")
        #expect(ArkProvider().refusedField(layered("5.5") { $0.size = .matchFirstImage(.k4) }) == "size")
        let small = try ArkProvider().draft(layered("5.5") { $0.size = .matchFirstImage(.k1) })
        #expect(try small.sent["size"] != "auto")
        // Dropped, so that words are needed.
        do throws(RequestError) {
            _ = try ArkProvider().draft(layered("4.5") { $0.prompt = "" }, isLenient: true)
            Issue.record("expected a refusal of the empty prompt")
        } catch {
            #expect(error.field == "prompt")
        }
    }

    @Test("a transparent background that is dropped leaves no format behind")
    func droppedBackground() throws {
        let transparent = request("5.0-lite") { $0.resultBackground = .transparent }
        #expect(ArkProvider().refusedField(transparent) == "resultBackground")
        #expect(
            FalProvider().refusedField(request("4.0") { $0.resultBackground = .transparent })
                == "resultBackground")
        let draft = try ArkProvider().draft(transparent, isLenient: true)
        #expect(try draft.sent["output_format"] == nil && draft.sent["background"] == nil)
        #expect(draft.warned == ["resultBackground field-dropped"])
    }

    @Test("what is unknown goes out with a note that names it")
    func unknown() throws {
        let draft = try FalProvider().draft(
            request("5.5", images: 0) {
                $0.safetyChecker = false
                $0.delivery = .inline
            })
        #expect(try draft.sent["enable_safety_checker"] == false && draft.sent["sync_mode"] == true)
        #expect(draft.warned.contains("safetyChecker effect-unknown"))
        #expect(draft.warned.contains("delivery effect-unknown"))
        let large = try ArkProvider().draft(
            request("5.5") { $0.size = .pixels(PixelSize(width: 9000, height: 9000)) })
        #expect(large.warned == ["size effect-unknown"])
    }

    @Test("a tier that a model lacks is refused with those it has")
    func tiers() throws {
        let refused = request("5.0-pro") { $0.size = .matchFirstImage(.k4) }
        do throws(RequestError) {
            _ = try ArkProvider().draft(refused)
            Issue.record("expected a refusal of 4K")
        } catch {
            #expect(error.message == "expected 1K, 1.5K or 2K for 5.0-pro at Ark, found 4K")
        }
        #expect(ArkProvider().refusedField(request("5.5") { $0.size = .matchFirstImage(.k3) }) == "size")
        #expect(ArkProvider().refusedField(request("4.5") { $0.size = .matchFirstImage(.k1) }) == "size")
        #expect(ArkProvider().refusedField(request("5.0-lite") { $0.size = .matchFirstImage(.k3) }) == nil)
        #expect(FalProvider().refusedField(request("4.5") { $0.size = .preset(.auto) }) == "size")
        #expect(FalProvider().refusedField(request("4.5") { $0.size = .preset(.auto2K) }) == nil)
        #expect(FalProvider().refusedField(request("5.0-pro") { $0.size = .preset(.auto1K) }) == nil)
        // Not a name of this model, but a size that it makes.
        let square = try FalProvider().draft(request("5.0-pro") { $0.size = .preset(.squareHD) })
        #expect(try square.sent["image_size"] == ["width": 1024, "height": 1024])
    }

    @Test("an ID that is not in the table is sent unchecked, with a note")
    func unlisted() throws {
        let request = request("ep-20260101-abcde") { $0.size = .pixels(PixelSize(width: 100, height: 100)) }
        let draft = try ArkProvider().draft(request)
        #expect(try draft.sent["model"] == "ep-20260101-abcde" && draft.sent["size"] == "100x100")
        #expect(draft.warned == ["model model-unlisted"])
    }

    @Test("a model of another provider, and a misspelt one, are refused with what would do")
    func refusals() {
        func refusal(_ provider: any Provider, _ model: String) -> RequestError? {
            do throws(RequestError) {
                _ = try provider.draft(request(model))
                return nil
            } catch {
                return error
            }
        }
        let elsewhere = refusal(OneRouterProvider(), "5.0-pro")
        #expect(elsewhere?.field == "model")
        #expect(elsewhere?.hint == "it is sold by fal, aiml, apiframe, ark")
        #expect(refusal(ArkProvider(), "5.0-por")?.hint.hasPrefix("did you mean 5.0-pro or ") == true)
        let generation = refusal(FalProvider(), "fal-ai/bytedance/seedream/v4/text-to-image")
        #expect(generation?.hint == "use fal-ai/bytedance/seedream/v4/edit, or 4.0 for both")
        #expect(refusal(FalProvider(), "5.5")?.hint.contains("no ID of 5.5 for edits is known") == true)
        #expect(refusal(ArkProvider(), " ")?.field == "model")
    }
}
