import ImageCodecs
import SeedreamModel

/// OneRouter (Infron): synchronous edits and generations, and the media server that stores their
/// images.
struct OneRouterServer: ProviderServer {
    let state: EmulatorState

    /// The price of an image in US dollars; a guess based on fal's price.
    private static let price = 0.03

    init(_ state: EmulatorState) { self.state = state }

    func route(_ request: EmulatedRequest) -> Route? {
        switch (request.service, request.method, request.path) {
        case (.onerouterMedia, "GET", _), (.onerouterMedia, "HEAD", _):
            Route("onerouter.download") { await self.download($0) }
        case (.onerouter, "POST", ["v1", "images", "edits"]):
            Route("onerouter.edit") {
                await self.answer($0, operation: "onerouter.edit", takesImages: true)
            }
        case (.onerouter, "POST", ["v1", "images", "generations"]):
            Route("onerouter.generate") {
                await self.answer($0, operation: "onerouter.generate", takesImages: false)
            }
        default: nil
        }
    }

    func failure(status: Int) -> EmulatedResponse {
        OneRouterError.standard(status).response(
            hides: state.configuration.ambiguities.onerouterErrorsWith200)
    }

    private func answer(
        _ request: EmulatedRequest, operation: String, takesImages: Bool
    ) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        do {
            let input = try await accept(
                request, operation: operation, takesImages: takesImages, requestID: requestID)
            let outcome = try await state.settle(requestID) {
                try await make(input, request, requestID: requestID)
            }
            return .json(outcome.body, requestID: requestID)
        } catch {
            return (error as? OneRouterError ?? .standard(502)).response(
                hides: state.configuration.ambiguities.onerouterErrorsWith200, requestID: requestID)
        }
    }

    /// Returns the key, either bare or after `Bearer`.
    private static func key(of request: EmulatedRequest) -> String? {
        if let key = request.credential(scheme: "Bearer") { return key }
        guard let value = request.header("authorization"), !value.contains(" "),
            value.lowercased() != "bearer"
        else { return nil }
        return value
    }

    /// Checks the key, the body and the credits, and records the request in the ledger.
    private func accept(
        _ request: EmulatedRequest, operation: String, takesImages: Bool, requestID: String
    ) async throws(OneRouterError) -> OneRouterInput {
        guard state.accepts(key: Self.key(of: request)) else { throw .standard(401) }
        guard let body = try? JSONValue(parsing: request.body) else {
            throw .invalid("The request body must be JSON", nil)
        }
        let input = try OneRouterInput(
            body, takesImages: takesImages, ambiguities: state.configuration.ambiguities)
        guard
            await state.ledger.accept(
                .onerouter, operation: operation, requestID: requestID, model: input.model,
                body: request.body,
                images: input.count, unit: "USD")
        else { throw .standard(402) }
        return input
    }

    private func make(
        _ input: OneRouterInput, _ request: EmulatedRequest, requestID: String
    ) async throws -> JobOutcome {
        switch request.fate {
        case .fails: throw OneRouterError.standard(502)
        case .moderated: throw OneRouterError.standard(422)
        case .hangs: try await Task.sleep(for: .seconds(86_400))
        case .normal, .vanishes: break
        }
        let open = state.configuration.ambiguities
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.imageURLs, limits: Self.limits(open), requestID: requestID, logNumber: request.logNumber
            )
        } catch {
            let index = input.firstUsed + error.index
            throw OneRouterError.invalid("image_urls[\(index)]: \(error.violation.message)", "image_urls")
        }
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, automatic: open.automaticSize),
            count: input.count, seed: input.seed ?? Int.random(in: 1...Int(Int32.max)),
            mediaType: MediaType(rawValue: open.resultType) ?? .png)
        let stored = try await state.generator.make(order) { _ in
            "images/\(Identifier.digits()).\(order.mediaType.fileExtension)"
        }
        let data = stored.map { image -> JSONValue in
            // An empty string marks an absent value.
            let url = input.isBase64 ? "" : request.origin.url(.onerouterMedia, image.file.path)
            return [
                "url": .string(url), "b64_json": .string(input.isBase64 ? image.base64 : ""),
                "revised_prompt": "",
            ]
        }
        return JobOutcome(
            body: ["created": .integer(Timestamp.now), "data": .array(data)], images: stored.count,
            cost: Double(stored.count) * Self.price)
    }

    /// Returns the limits on inputs. No document states any; those of ByteDance, the model's maker,
    /// are a guess.
    private static func limits(_ open: Ambiguities) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .bmp, .tiff, .gif], maximumBytes: 10_000_000,
            maximumAspectRatio: open.maximumAspectRatio)
    }

    private func download(_ request: EmulatedRequest) async -> EmulatedResponse {
        let agent = request.header("user-agent")?.lowercased() ?? ""
        if state.configuration.ambiguities.onerouterRejectsDefaultAgents,
            agent.hasPrefix("python-urllib/") || agent.hasPrefix("go-http-client/")
        {
            return .text("error code: 1010", type: "text/plain", status: 403)
        }
        return await Download.response(to: request, from: state.files)
    }
}
