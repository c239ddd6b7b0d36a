import ImageCodecs
import SeedreamModel

/// AIML API: one synchronous endpoint, whose images fal generates and serves from its CDN.
struct AIMLServer: ProviderServer {
    let state: EmulatorState

    private static let path = ["v1", "images", "generations"]

    init(_ state: EmulatorState) { self.state = state }

    func route(_ request: EmulatedRequest) -> Route? {
        guard request.service == .aiml, request.method == "POST", request.path == Self.path else {
            return nil
        }
        return Route("aiml.generate") { await self.generate($0) }
    }

    func failure(status: Int) -> EmulatedResponse { failure(status: status, path: Self.path) }

    func notFound(_ request: EmulatedRequest) -> EmulatedResponse {
        failure(status: 404, path: request.path)
    }

    private func failure(status: Int, path: [String]) -> EmulatedResponse {
        AIMLError.standard(status).response(
            path: "/" + path.joined(separator: "/"), requestID: Identifier.uuid(),
            statusCode: state.configuration.ambiguities.aimlStatusCode)
    }

    private func generate(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        var headers: [(name: String, value: String)] = [("x-inference-id", requestID)]
        if let id = request.header("x-client-request-id"), Self.isClientRequestID(id) {
            headers.append(("x-client-request-id", id))
        }
        let open = state.configuration.ambiguities
        do {
            let input = try await accept(request, requestID: requestID)
            let work = AIMLWork(
                state: state, input: input, requestID: requestID, origin: request.origin, fate: request.fate,
                logNumber: request.logNumber)
            let outcome = try await state.settle(requestID, work.make)
            return .json(
                outcome.body, status: open.aimlSuccess, headers: headers + outcome.headers,
                requestID: requestID
            )
        } catch {
            let failure = error as? AIMLError ?? .standard(500)
            return failure.response(
                path: "/" + Self.path.joined(separator: "/"), requestID: requestID,
                statusCode: open.aimlStatusCode, headers: headers)
        }
    }

    /// Checks the key, the body and the credits, and records the request in the ledger.
    private func accept(_ request: EmulatedRequest, requestID: String) async throws(AIMLError) -> AIMLInput {
        guard state.accepts(key: request.credential(scheme: "Bearer")) else { throw .standard(401) }
        guard let body = try? JSONValue(parsing: request.body) else {
            throw .validation(["Unexpected token in JSON"])
        }
        let input = try AIMLInput(body, configuration: state.configuration)
        guard
            await state.ledger.accept(
                .aiml, operation: "aiml.generate", requestID: requestID, model: input.model.id,
                body: request.body, images: input.count, unit: "USD")
        else { throw .standard(403) }
        return input
    }

    /// Returns whether a text has 1 to 128 of the characters `A-Za-z0-9._:-`; other IDs are
    /// silently dropped, as documented.
    private static func isClientRequestID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "._:-".unicodeScalars.contains($0)
            }
    }
}

/// The work on an accepted request.
struct AIMLWork: Sendable {
    let state: EmulatorState
    let input: AIMLInput
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int

    /// The credits for one image: 63,000, as in the provider's own example with one image.
    private static let credits = 63_000
    /// The credits in one US dollar; a guess, by which that example costs $0.0315.
    private static let creditsPerDollar = 2_000_000

    /// The folder of AIML's images on fal's CDN, which distinguishes them from fal's own.
    static let folder = "files/b/0a1a1a1a"

    /// Generates the images and the response.
    ///
    /// - Throws: ``AIMLError``, `CancellationError`, or an error of the codecs.
    func make() async throws -> JobOutcome {
        switch fate {
        case .fails: throw AIMLError.standard(500)
        case .moderated: throw AIMLError.moderated
        case .hangs: try await Task.sleep(for: .seconds(86_400))
        case .normal, .vanishes: break
        }
        let open = state.configuration.ambiguities
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.imageURLs, limits: limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw AIMLError(error)
        }
        let seed = input.seed ?? Int.random(in: 1...Int(Int32.max))
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, automatic: open.automaticSize),
            count: input.count, seed: seed,
            mediaType: input.mediaType(open), isWatermarked: input.isWatermarked)
        let stored = try await state.generator.make(order) { _ in
            "\(Self.folder)/\(Identifier.digits()).\(order.mediaType.fileExtension)"
        }
        let credits = stored.count * Self.credits
        let dollars = Double(credits) / Double(Self.creditsPerDollar)
        return JobOutcome(
            body: body(stored, seed: seed, credits: credits, dollars: dollars),
            headers: [
                ("x-aimlapi-credits-used", "\(credits)"), ("x-aimlapi-usd-spent", "\(dollars)"),
            ], images: stored.count, cost: dollars)
    }

    /// Returns the response's body. For models that come from fal it lists the images twice,
    /// because fal's response is passed on beside AIML's own. For the others it is the documented
    /// one, in which `null` marks the form that was not requested.
    private func body(
        _ stored: [StoredImage], seed: Int, credits: Int, dollars: Double
    ) -> JSONValue {
        let open = state.configuration.ambiguities
        let field = open.aimlDollarModels.contains(input.model.id) ? "usd_spent" : open.aimlUsageField
        let meta: JSONValue = [
            "usage": .object([field: field == "usd_spent" ? .number(dollars) : .integer(credits)])
        ]
        func url(_ image: StoredImage) -> JSONValue {
            .string(origin.url(.falCDN, image.file.path, host: "v3b.fal.media"))
        }
        guard input.model.isFromFal else {
            let data = stored.map { image -> JSONValue in
                input.isBase64
                    ? ["url": nil, "b64_json": .string(image.base64)]
                    : ["url": url(image), "b64_json": nil]
            }
            return ["data": .array(data), "meta": meta]
        }
        let images = stored.map { image -> JSONValue in
            [
                "url": input.isInline ? .string(image.dataURI) : url(image),
                "content_type": .string(image.file.mediaType), "file_name": .string(image.file.name),
                "file_size": .integer(image.file.byteCount), "width": nil, "height": nil,
            ]
        }
        return ["images": .array(images), "data": .array(images), "seed": .integer(seed), "meta": meta]
    }

    /// Returns the limits on inputs. No document states any; those of fal, where the models come
    /// from, are a guess.
    private func limits(_ open: Ambiguities) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .gif, .avif], maximumBytes: 10_000_000,
            maximumURILength: open.falMaximumDataURI,
            maximumAspectRatio: input.model.entry.maximumInputRatio(open))
    }
}
