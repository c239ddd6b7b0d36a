import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("request to fal")
struct FalDraftTests {
    @Test("goes to the queue with every count and a size, and nothing that is fal's default")
    func defaults() throws {
        let draft = try FalSample.draft(FalSample.request())
        #expect(draft.model == "fal-ai/bytedance/seedream/v4/edit")
        #expect(draft.operation == .fal(.submit))
        #expect(draft.url == "https://queue.fal.run/fal-ai/bytedance/seedream/v4/edit")
        #expect(draft.fields.map(\.name.rawName) == ["Content-Type"])
        #expect(draft.fields[.contentType] == "application/json")
        #expect(
            FalSample.text(draft.body.body)
                == #"{"prompt":"put the dog in a hat","image_urls":["data:image/png;base64,iVBORw0KGgo="],"#
                + #""image_size":{"width":2364,"height":1773},"num_images":1,"max_images":1,"sync_mode":false}"#
        )
        #expect(draft.predictedSize == PixelSize(width: 2364, height: 1773))
        #expect(draft.outputs == 1...1 && !draft.isInline && draft.warnings.isEmpty)
    }

    @Test("with a prompt alone goes to text-to-image, without images, for a square")
    func generate() throws {
        let draft = try FalSample.draft(FalSample.request(images: 0))
        #expect(draft.url == "https://queue.fal.run/fal-ai/bytedance/seedream/v4/text-to-image")
        #expect(
            FalSample.text(draft.body.body)
                == #"{"prompt":"put the dog in a hat","image_size":{"width":2048,"height":2048},"#
                + #""num_images":1,"max_images":1,"sync_mode":false}"#)
    }

    @Test("goes to the run server if the reply is to hold the images")
    func run() throws {
        let draft = try FalSample.draft(FalSample.request()) { $0.mode = .run }
        #expect(draft.url == "https://fal.run/fal-ai/bytedance/seedream/v4/edit")
        #expect(draft.operation == .fal(.run))
    }

    @Test("goes below a base URL, such as an emulator's")
    func behind() throws {
        let context = RequestContext(endpoints: .behind("http://127.0.0.1:8080/fal", .fal))
        #expect(
            try FalSample.draft(FalSample.request(), in: context).url
                == "http://127.0.0.1:8080/fal/queue/fal-ai/bytedance/seedream/v4/edit")
    }

    @Test("sends each field under fal's name")
    func fields() throws {
        let draft = try FalSample.draft(
            FalSample.request {
                $0.count = 2
                $0.imagesPerGeneration = 3
                $0.seed = 7
                $0.safetyChecker = false
                $0.enhancement = .fast
                $0.delivery = .inline
                $0.size = .pixels(PixelSize(width: 1536, height: 1024))
            })
        #expect(
            FalSample.text(draft.body.body).hasSuffix(
                #""image_size":{"width":1536,"height":1024},"num_images":2,"max_images":3,"#
                    + #""enable_safety_checker":false,"enhance_prompt_mode":"fast","sync_mode":true,"seed":7}"#
            ))
        #expect(draft.outputs == 2...6 && draft.isInline)
        // fal's history does not include it.
        #expect(draft.warnings.map(\.code) == [.notKept])
        let checked = try FalSample.draft(FalSample.request { $0.safetyChecker = true })
        #expect(checked.body["enable_safety_checker"] == true)
    }

    @Test("accepts one to six generations of one to six images", arguments: [1, 6])
    func counts(_ number: Int) throws {
        #expect(
            try FalSample.draft(FalSample.request { $0.count = number }).body["num_images"]
                == .integer(number))
        #expect(
            try FalSample.draft(FalSample.request { $0.imagesPerGeneration = number }).body["max_images"]
                == .integer(number))
    }

    @Test("refuses other counts, lenient or not", arguments: [-1, 0, 7])
    func badCounts(_ number: Int) {
        for lenient in [false, true] {
            expect("count", lenient: lenient, FalSample.request { $0.count = number })
            expect(
                "imagesPerGeneration", lenient: lenient, FalSample.request { $0.imagesPerGeneration = number }
            )
        }
    }

    @Test("has at most 15 inputs and outputs for an edit, and no such limit for text-to-image")
    func total() throws {
        let most = FalSample.request(images: 9) {
            $0.count = 3
            $0.imagesPerGeneration = 2
        }
        #expect(try FalSample.draft(most).outputs == 3...6)
        expect(
            "count",
            FalSample.request(images: 10) {
                $0.count = 3
                $0.imagesPerGeneration = 2
            })
        let words = FalSample.request(images: 0) {
            $0.count = 6
            $0.imagesPerGeneration = 6
        }
        #expect(try FalSample.draft(words).outputs == 6...36)
    }

    @Test("accepts ten images and refuses eleven")
    func images() throws {
        let draft = try FalSample.draft(FalSample.request(images: 10))
        guard case .array(let urls) = draft.body["image_urls"] else {
            Issue.record("expected an array")
            return
        }
        #expect(urls.count == 10)
        expect("images", FalSample.request(images: 11))
    }

    @Test("refuses a prompt without words", arguments: ["", " \n"])
    func prompt(_ text: String) { expect("prompt", FalSample.request { $0.prompt = text }) }

    @Test("accepts sizes up to 4096x4096 and refuses one pixel more")
    func largest() throws {
        func request(_ width: Int, _ height: Int) -> GenerationRequest {
            FalSample.request { $0.size = .pixels(PixelSize(width: width, height: height)) }
        }
        #expect(
            try FalSample.draft(request(4096, 4096)).predictedSize == PixelSize(width: 4096, height: 4096))
        // Only the area counts.
        #expect(try FalSample.draft(request(8192, 2048)).body["image_size"]?["width"] == 8192)
        expect("size", request(16_777_217, 1))
        expect("size", request(4096, 4097))
        expect("size", request(.max, .max))
        expect("size", request(0, 4096))
        expect("size", request(-2048, -2048))
    }

    @Test("reports how fal enlarges an edit below 921600 px², and refuses such a size for text-to-image")
    func smallest() throws {
        func request(images: Int, _ height: Int) -> GenerationRequest {
            FalSample.request(images: images) { $0.size = .pixels(PixelSize(width: 960, height: height)) }
        }
        let exact = try FalSample.draft(request(images: 1, 960))
        #expect(exact.warnings.isEmpty && exact.predictedSize == PixelSize(width: 960, height: 960))
        let small = try FalSample.draft(request(images: 1, 959))
        #expect(small.warnings.map(\.code) == [.sizeAdjusted])
        #expect(small.body["image_size"]?["height"] == 959)
        #expect((small.predictedSize?.area ?? 0) >= 921_600)
        #expect(try FalSample.draft(request(images: 0, 960)).warnings.isEmpty)
        expect("size", request(images: 0, 959))
    }

    @Test(
        "names a preset, and reports what is known of it",
        arguments: [
            (SizePreset.squareHD, PixelSize(width: 1024, height: 1024), nil),
            (.square, PixelSize(width: 960, height: 960), .sizeAdjusted),
            (.landscape16x9, PixelSize(width: 1280, height: 720), .sizeAdjusted),
            (.auto, nil, .effectUnknown),
            (.auto2K, nil, .effectUnknown), (.auto4K, nil, .effectUnknown),
        ] as [(SizePreset, PixelSize?, RequestWarning.Code?)])
    func presets(_ preset: SizePreset, _ predicted: PixelSize?, _ warning: RequestWarning.Code?) throws {
        let draft = try FalSample.draft(FalSample.request { $0.size = .preset(preset) })
        #expect(draft.body["image_size"] == .string(preset.rawValue))
        #expect(draft.predictedSize == predicted)
        #expect(draft.warnings.map(\.code) == [warning].compactMap { $0 })
    }

    @Test("requests a square if the first image is given by URL, with a warning")
    func unknownShape() throws {
        var request = FalSample.request()
        request.images = [.remote("https://example.test/a.jpg")]
        let draft = try FalSample.draft(request)
        #expect(draft.body["image_urls"] == .array(["https://example.test/a.jpg"]))
        #expect(draft.predictedSize == PixelSize(width: 2048, height: 2048))
        #expect(draft.warnings.map(\.code) == [.shapeUnknown])
        request.images = [.remote("ftp://example.test/a.jpg")]
        expect("images.0", request)
    }

    @Test("accepts data URIs of at most 10485760 characters")
    func longURI() throws {
        // 22 characters of prefix and 2621434 groups of three bytes.
        var request = FalSample.request()
        request.images = [.prepared(FalSample.picture(byteCount: 7_864_302))]
        let draft = try FalSample.draft(request)
        #expect(draft.body.body.length > 10_485_758)
        request.images = [.prepared(FalSample.picture()), .prepared(FalSample.picture(byteCount: 7_864_303))]
        expect("images.1", request)
    }

    @Test("shows an upload that has not been made yet")
    func pending() throws {
        let draft = try FalSample.fal.draft(
            FalSample.request(), images: [.pending(byteCount: 9)], in: FalSample.context)
        #expect(draft.body["image_urls"] == .array(["<upload of 9 bytes>"]))
    }

    @Test("cannot switch prompt enhancement off: refused, or omitted if that is allowed")
    func enhancement() throws {
        let request = FalSample.request { $0.enhancement = .off }
        expect("enhancement", request)
        let draft = try FalSample.draft(request, lenient: true)
        #expect(draft.body["enhance_prompt_mode"] == nil)
        #expect(draft.warnings.map(\.code) == [.fieldDropped])
        let standard = try FalSample.draft(FalSample.request { $0.enhancement = .standard })
        #expect(standard.body["enhance_prompt_mode"] == "standard")
    }

    @Test("names its webhook in the query, fully percent-encoded")
    func webhook() throws {
        let request = FalSample.request { $0.webhook = "https://example.test/hook?a=1&b=2" }
        #expect(
            try FalSample.draft(request).url
                == "https://queue.fal.run/fal-ai/bytedance/seedream/v4/edit"
                + "?fal_webhook=https%3A%2F%2Fexample.test%2Fhook%3Fa%3D1%26b%3D2")
        expect("webhook", FalSample.request { $0.webhook = "example.test/hook" })
    }

    @Test("has no webhook and no priority in run mode: refused, or omitted if that is allowed")
    func runMode() throws {
        let hooked = FalSample.request { $0.webhook = "https://example.test/hook" }
        expect("webhook", hooked) { $0.mode = .run }
        let unhooked = try FalSample.draft(hooked, lenient: true) { $0.mode = .run }
        #expect(unhooked.url == "https://fal.run/fal-ai/bytedance/seedream/v4/edit")
        #expect(unhooked.warnings.map(\.field) == ["webhook"])
        func low(_ options: inout FalOptions) { (options.mode, options.priority) = (.run, .low) }
        expect("fal.priority", FalSample.request(), low)
        let plain = try FalSample.draft(FalSample.request(), lenient: true, low)
        #expect(FalSample.field("X-Fal-Queue-Priority", plain.fields) == nil)
        #expect(plain.warnings.map(\.field) == ["fal.priority"])
    }

    @Test("sends each of fal's options in its header field")
    func options() throws {
        let draft = try FalSample.draft(FalSample.request()) {
            $0.priority = .normal
            $0.startTimeout = 30
            $0.runnerHint = "lora-x"
            $0.resultExpiry = 3600
            $0.storesPayloads = false
        }
        let fields = Dictionary(uniqueKeysWithValues: draft.fields.map { ($0.name.rawName, $0.value) })
        #expect(
            fields == [
                "Content-Type": "application/json", "X-Fal-Queue-Priority": "normal",
                "X-Fal-Request-Timeout": "30.0", "X-Fal-Runner-Hint": "lora-x",
                "X-Fal-Object-Lifecycle-Preference": #"{"expiration_duration_seconds": 3600}"#,
                "X-Fal-Store-IO": "0",
            ])
    }

    @Test("accepts a start timeout of more than one second")
    func startTimeout() throws {
        let draft = try FalSample.draft(FalSample.request()) { $0.startTimeout = 1.5 }
        #expect(FalSample.field("X-Fal-Request-Timeout", draft.fields) == "1.5")
        for seconds in [1, 0, -3, Double.infinity, .nan] {
            expect("fal.startTimeout", FalSample.request()) { $0.startTimeout = seconds }
        }
    }

    @Test("accepts lifetimes of files of one second or longer")
    func expiry() throws {
        let draft = try FalSample.draft(FalSample.request()) { $0.resultExpiry = 1 }
        #expect(
            FalSample.field("X-Fal-Object-Lifecycle-Preference", draft.fields)
                == #"{"expiration_duration_seconds": 1}"#)
        expect("fal.resultExpiry", FalSample.request()) { $0.resultExpiry = 0 }
        expect("fal.uploadExpiry", FalSample.request()) { $0.uploadExpiry = -1 }
    }

    @Test(
        "accepts only a runner hint that a header field can hold",
        arguments: ["", "a b", "a\r\nX-Evil: 1", "é"])
    func runnerHint(_ text: String) {
        expect("fal.runnerHint", FalSample.request()) { $0.runnerHint = text }
    }

    @Test("goes to any named application")
    func model() throws {
        let draft = try FalSample.draft(FalSample.request { $0.model = "workflows/me/flow/step" })
        #expect(draft.url == "https://queue.fal.run/workflows/me/flow/step")
        #expect(draft.model == "workflows/me/flow/step")
        for name in [
            "", "seedream", "a/../b", "a//b", "a/b?c=d", "a/b#c", "https://a/b", "a/b c", "workflows/me",
        ] {
            expect("model", FalSample.request { $0.model = name })
        }
    }

    @Test("prints no image")
    func elided() throws {
        let draft = try FalSample.draft(FalSample.request())
        #expect(
            draft.body.elided["image_urls"]?[0]?.string == "data:image/png;base64,<8 bytes>")
    }

    @Test("states its cost, marked as a third party's price")
    func price() {
        let price = SubmissionPlanner(.fal).limits.price
        #expect(price?.amount == 0.03 && price?.unit == .usDollars && price?.date == "2026-11-21")
        #expect(price?.source.contains("fal's own price page was not read") == true)
    }

    private func expect(
        _ field: String, lenient: Bool = false, _ request: GenerationRequest,
        sourceLocation: SourceLocation = #_sourceLocation, _ options: (inout FalOptions) -> Void = { _ in }
    ) {
        do throws(RequestError) {
            let draft = try FalSample.draft(request, lenient: lenient, options)
            Issue.record("expected a refusal of \(field), found \(draft.url)", sourceLocation: sourceLocation)
        } catch {
            #expect(error.field == field, sourceLocation: sourceLocation)
        }
    }
}
