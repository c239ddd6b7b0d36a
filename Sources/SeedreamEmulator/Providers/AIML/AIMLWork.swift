import ImageCodecs
import SeedreamModel

/// What AIML does with a request that it has taken.
struct AIMLWork: Sendable {
    let bench: Workbench
    let input: AIMLInput
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int

    /// Of one picture: 63 000, as in the provider's own example with one picture.
    private static let credits = 63_000
    /// Credits of one US dollar. A guess, by which that example costs $0.0315.
    private static let creditsOfADollar = 2_000_000

    /// On fal's CDN; one of its own, by which AIML's pictures are told from fal's.
    static let folder = "files/b/0a1a1a1a"

    /// Makes the pictures, and the answer.
    ///
    /// - Throws: ``AIMLError``, `CancellationError`, or what the codecs throw.
    func make() async throws -> JobOutcome {
        switch fate {
        case .fails: throw AIMLError.standard(500)
        case .moderated: throw AIMLError.moderated
        case .hangs: try await Task.sleep(for: .seconds(86_400))
        case .normal, .vanishes: break
        }
        let open = bench.configuration.openPoints
        let pictures: [InputPicture]
        do throws(Workbench.RefusedInput) {
            pictures = try await bench.pictures(
                input.imageURLs, limits: limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw AIMLError(error)
        }
        let seed = input.seed ?? Int.random(in: 1...Int(Int32.max))
        let order = PictureOrder(
            prompt: input.prompt, inputs: pictures,
            size: input.outputSize(first: pictures.first?.size, automatic: open.automaticSize),
            count: input.count, seed: seed,
            // The siblings come from Ark, which makes JPEGs.
            mediaType: input.model.isSeedream4 ? MediaType(rawValue: open.resultType) ?? .png : .jpeg,
            isWatermarked: input.isWatermarked)
        let products = try await bench.studio.make(order) { _ in
            "\(Self.folder)/\(Identifier.digits()).\(order.mediaType.fileExtension)"
        }
        let credits = products.count * Self.credits
        let dollars = Double(credits) / Double(Self.creditsOfADollar)
        return JobOutcome(
            body: body(products, seed: seed, credits: credits, dollars: dollars),
            headers: [
                ("x-aimlapi-credits-used", "\(credits)"), ("x-aimlapi-usd-spent", "\(dollars)"),
            ], pictures: products.count, cost: dollars)
    }

    /// The images twice for Seedream 4, as fal's reply is passed on beside AIML's own; the
    /// documented reply for its siblings, in which `null` stands for the form that was not asked
    /// for.
    private func body(
        _ products: [Studio.Product], seed: Int, credits: Int, dollars: Double
    ) -> JSONValue {
        // 5.0 pro counts in dollars.
        let field =
            input.model == .seedream5Pro ? "usd_spent" : bench.configuration.openPoints.aimlUsageField
        let meta: JSONValue = [
            "usage": .object([field: field == "usd_spent" ? .number(dollars) : .integer(credits)])
        ]
        func url(_ product: Studio.Product) -> JSONValue {
            .string(origin.url(.falCDN, product.file.path, host: "v3b.fal.media"))
        }
        guard input.model.isSeedream4 else {
            let data = products.map { product -> JSONValue in
                input.isBase64
                    ? ["url": nil, "b64_json": .string(product.base64)]
                    : ["url": url(product), "b64_json": nil]
            }
            return ["data": .array(data), "meta": meta]
        }
        let images = products.map { product -> JSONValue in
            [
                "url": input.isInline ? .string(product.dataURI) : url(product),
                "content_type": .string(product.file.mediaType), "file_name": .string(product.file.name),
                "file_size": .integer(product.file.byteCount), "width": nil, "height": nil,
            ]
        }
        return ["images": .array(images), "data": .array(images), "seed": .integer(seed), "meta": meta]
    }

    /// No document states any: those of fal, whose models these are, are a guess.
    private func limits(_ open: OpenPoints) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .gif, .avif], maximumBytes: 10_000_000,
            maximumURILength: open.falMaximumDataURI, maximumAspectRatio: open.maximumAspectRatio)
    }
}
