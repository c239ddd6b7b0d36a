import Pixels
import SeedreamModel

/// ByteDance Ark (BytePlus ModelArk, Volcengine), the model's own provider; responds synchronously
/// or with a stream of events.
struct ArkServer: ProviderServer {
    let state: EmulatorState

    init(_ state: EmulatorState) { self.state = state }

    func route(_ request: EmulatedRequest) -> Route? {
        switch (request.service, request.method, request.path) {
        case (.arkMedia, "GET", _), (.arkMedia, "HEAD", _):
            Route("ark.download") { await Download.response(to: $0, from: state.files) }
        case (.ark, "POST", ["api", "v3", "images", "generations"]):
            Route("ark.generate") { await self.generate($0) }
        default: nil
        }
    }

    func failure(status: Int) -> EmulatedResponse {
        ArkError.standard(status).response(requestID: ArkError.newRequestID())
    }

    private func generate(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = ArkError.newRequestID()
        do throws(ArkError) {
            let input = try await accept(request, requestID: requestID)
            return await ArkWork(
                state: state, input: input, requestID: requestID, origin: request.origin, fate: request.fate,
                logNumber: request.logNumber
            ).run()
        } catch {
            return error.response(requestID: requestID)
        }
    }

    /// Checks the key, the body and the credits, and records the request in the ledger.
    private func accept(_ request: EmulatedRequest, requestID: String) async throws(ArkError) -> ArkInput {
        guard state.accepts(key: request.credential(scheme: "Bearer")) else { throw .standard(401) }
        guard let body = try? JSONValue(parsing: request.body) else {
            throw .invalid("body", "it must be JSON")
        }
        let input = try ArkInput(body, ambiguities: state.configuration.ambiguities)
        guard
            await state.ledger.accept(
                .ark, operation: "ark.generate", requestID: requestID, model: input.modelID,
                body: request.body, images: input.count, unit: "tokens")
        else { throw .standard(403) }
        return input
    }
}

/// The work on an accepted request, with a single response or a stream.
struct ArkWork: Sendable {
    let state: EmulatorState
    let input: ArkInput
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int

    /// An image of the set, or the error in its place.
    fileprivate enum Item: Sendable {
        case made(StoredImage)
        case failed(ArkError)
    }

    /// The index of the image of a set that fails if a fault rule says so. The set continues after
    /// an image that may not be shown, and ends after an internal error, as Ark documents.
    private static let failing = 1

    /// Performs the work and settles the ledger.
    func run() async -> EmulatedResponse {
        do {
            let order = try await prepare()
            // Even a stream's headers are sent only with the first image; an earlier error is plain
            // JSON.
            let first = try await item(order, 0)
            return input.isStream ? stream(order, first) : await reply(order, first)
        } catch {
            await state.ledger.release(requestID)
            return (error as? ArkError ?? .standard(500)).response(requestID: requestID)
        }
    }

    /// Reads the inputs, then waits for the minimum generation time.
    private func prepare() async throws -> ImageOrder {
        if fate == .hangs { try await Task.sleep(for: .seconds(86_400)) }
        let open = state.configuration.ambiguities
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.images, limits: input.model.limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw ArkError(error)
        }
        try await state.generator.waitMinimumTime()
        return ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, automatic: open.automaticSize),
            // From 4.0 on, there is no seed.
            count: input.count, seed: Int.random(in: 1...Int(Int32.max)), mediaType: input.mediaType,
            isWatermarked: input.isWatermarked)
    }

    /// Returns one image of the set.
    ///
    /// - Throws: An error that ends the whole request: the failure of the only image,
    ///   ``CancellationError``, or an error of the codecs.
    private func item(_ order: ImageOrder, _ index: Int) async throws -> Item {
        let failure: ArkError? =
            switch fate {
            case .fails: .standard(500)
            case .moderated: .moderated
            case .normal, .hangs, .vanishes: nil
            }
        if let failure {
            if order.count == 1 { throw failure }
            if index == Self.failing { return .failed(failure) }
        }
        return .made(
            try await state.generator.makeImage(
                order, index: index,
                path: "results/\(Identifier.digits()).\(order.mediaType.fileExtension)"))
    }

    /// Returns an image as an item of `data` or as the members of an event.
    private func members(_ image: StoredImage, _ order: ImageOrder) -> [String: JSONValue] {
        [
            "size": .string("\(order.size)"),
            input.isBase64 ? "b64_json" : "url": .string(
                input.isBase64 ? image.base64 : origin.url(.arkMedia, image.file.path)),
        ]
    }

    private func usage(_ made: Int, _ order: ImageOrder) -> JSONValue {
        let tokens = made * (order.size.area / 256)
        return [
            "generated_images": .integer(made), "output_tokens": .integer(tokens),
            "total_tokens": .integer(tokens),
        ]
    }

    private func bill(_ made: Int, _ order: ImageOrder) async {
        await state.ledger.bill(requestID, images: made, cost: Double(made * (order.size.area / 256)))
    }

    // MARK: A single response

    private func reply(_ order: ImageOrder, _ first: Item) async -> EmulatedResponse {
        var data: [JSONValue] = []
        var made = 0
        for index in 0..<order.count {
            let item = index == 0 ? first : await rest(order, index)
            switch item {
            case .made(let image):
                made += 1
                data.append(.object(members(image, order)))
            case .failed(let error):
                data.append(["error": error.item(requestID: requestID)])
            }
            if item.endsTheSet { break }
        }
        await bill(made, order)
        return .json(
            [
                "model": .string(input.modelID), "created": .integer(Timestamp.now), "data": .array(data),
                "usage": usage(made, order),
            ], headers: [("x-request-id", requestID)], requestID: requestID)
    }

    /// Returns an image after the first. An error that would end the request ends the set instead,
    /// because an image has already been generated.
    private func rest(_ order: ImageOrder, _ index: Int) async -> Item {
        do {
            return try await item(order, index)
        } catch {
            return .failed(.standard(500))
        }
    }

    // MARK: A stream

    private func stream(_ order: ImageOrder, _ first: Item) -> EmulatedResponse {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            var made = 0
            var isBroken = false
            for index in 0..<order.count {
                let item = index == 0 ? first : await rest(order, index)
                switch item {
                case .made(let image):
                    made += 1
                    continuation.yield(
                        event(
                            "image_generation.partial_succeeded",
                            members(image, order).merging(["image_index": .integer(index)]) { $1 }))
                case .failed(let error) where item.endsTheSet:
                    isBroken = true
                    continuation.yield(
                        event("error", ["error": error.item(requestID: requestID)]))
                case .failed(let error):
                    continuation.yield(
                        event(
                            "image_generation.partial_failed",
                            ["image_index": .integer(index), "error": error.item(requestID: requestID)]))
                }
                if item.endsTheSet || Task.isCancelled { break }
            }
            // Generated images are billed even if the client no longer listens.
            await bill(made, order)
            if !isBroken {
                continuation.yield(
                    event("image_generation.completed", ["usage": usage(made, order)]))
                continuation.yield("data: [DONE]")
            }
            continuation.finish()
        }
        continuation.onTermination = { reason in
            if case .cancelled = reason { task.cancel() }
        }
        var response = EmulatedResponse.events(events, requestID: requestID)
        response.headers.append(("x-request-id", requestID))
        return response
    }

    /// Returns an event, whose name is also in its data. That `error` ends a set after an internal
    /// error, without a final `completed`, is a guess: Ark lists the event but does not say when it
    /// is sent.
    private func event(_ name: String, _ members: [String: JSONValue]) -> String {
        let data = members.merging(
            [
                "type": .string(name), "model": .string(input.modelID), "created": .integer(Timestamp.now),
            ],
            uniquingKeysWith: { $1 })
        return "event: \(name)\ndata: \(JSONValue.object(data).text)"
    }
}

extension ArkWork.Item {
    /// Whether the set ends with this item.
    fileprivate var endsTheSet: Bool {
        if case .failed(let error) = self { error.status >= 500 } else { false }
    }
}
