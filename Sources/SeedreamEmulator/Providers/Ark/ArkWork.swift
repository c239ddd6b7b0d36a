import Pixels
import SeedreamModel

/// The work on an accepted request, with a single response or a stream.
struct ArkWork: Sendable {
    let state: EmulatorState
    let input: ArkInput
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int

    /// An image of the response, or the error in its place.
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
            let parts = try await prepare()
            // Even a stream's headers are sent only with the first image; an earlier error is plain
            // JSON.
            let first = try await item(parts, 0)
            return input.isStream ? stream(parts, first) : await reply(parts, first)
        } catch {
            await state.ledger.release(requestID)
            return (error as? ArkError ?? .standard(500)).response(requestID: requestID)
        }
    }

    /// Reads the inputs, then waits for the minimum generation time.
    private func prepare() async throws -> [ArkPart] {
        if fate == .hangs { try await Task.sleep(for: .seconds(86_400)) }
        let open = state.configuration.ambiguities
        let entry = input.model.entry
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.images, limits: input.model.limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw ArkError(error)
        }
        if input.isTransparent, let problem = entry.transparencyProblem(in: inputs) {
            throw ArkError.invalid("background", problem.message)
        }
        try await state.generator.waitMinimumTime()
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, automatic: open.automaticSize),
            count: input.count, seed: input.seed ?? Int.random(in: 1...Int(Int32.max)),
            mediaType: input.mediaType, isWatermarked: input.isWatermarked,
            isTransparent: input.isTransparent
        ).followed(open)
        return input.isLayered
            ? ArkPart.split(order, for: entry)
            : (0..<input.count).map { ArkPart(order: order, index: $0) }
    }

    /// Returns one image of the response.
    ///
    /// - Throws: An error that ends the whole request: the failure of the only image or of a split,
    ///   ``CancellationError``, or an error of the codecs.
    private func item(_ parts: [ArkPart], _ index: Int) async throws -> Item {
        let failure: ArkError? =
            switch fate {
            case .fails: .standard(500)
            case .moderated: .moderated
            case .normal, .hangs, .vanishes: nil
            }
        if let failure {
            if parts.count == 1 || input.isLayered { throw failure }
            if index == Self.failing { return .failed(failure) }
        }
        let part = parts[index]
        return .made(
            try await state.generator.makeImage(
                part.order, index: part.index,
                path: "results/\(Identifier.digits()).\(part.order.mediaType.fileExtension)"))
    }

    /// Returns an image as an item of `data` or as the members of an event.
    private func members(_ image: StoredImage, _ part: ArkPart) -> [String: JSONValue] {
        var members = part.members
        members["size"] = .string("\(part.order.size)")
        if input.isBase64 {
            members["b64_json"] = .string(image.base64)
        } else {
            members["url"] = .string(origin.url(.arkMedia, image.file.path))
        }
        if input.model.entry.has(.resultFormat) {
            members["output_format"] = .string(part.order.mediaType == .png ? "png" : "jpeg")
        }
        return members
    }

    private static func tokens(_ made: [ArkPart]) -> Int { made.reduce(0) { $0 + $1.order.size.area / 256 } }

    /// Returns the usage, with the number of inputs if the model has a fee for them.
    private func usage(_ made: [ArkPart]) -> JSONValue {
        let tokens = Self.tokens(made)
        var members: [String: JSONValue] = [
            "generated_images": .integer(made.count), "output_tokens": .integer(tokens),
            "total_tokens": .integer(tokens),
        ]
        if let fee = input.model.entry.price?.value.perInput, fee > 0 {
            members["input_images"] = .integer(input.images.count)
        }
        return .object(members)
    }

    private func bill(_ made: [ArkPart]) async {
        await state.ledger.bill(requestID, images: made.count, cost: Double(Self.tokens(made)))
    }

    // MARK: A single response

    private func reply(_ parts: [ArkPart], _ first: Item) async -> EmulatedResponse {
        var data: [JSONValue] = []
        var made: [ArkPart] = []
        for (index, part) in parts.enumerated() {
            let item = index == 0 ? first : await rest(parts, index)
            switch item {
            case .made(let image):
                made.append(part)
                data.append(.object(members(image, part)))
            case .failed(let error):
                data.append(["error": error.item(requestID: requestID)])
            }
            if item.endsTheSet { break }
        }
        await bill(made)
        return .json(
            [
                "model": .string(input.model.id), "created": .integer(Timestamp.now), "data": .array(data),
                "usage": usage(made),
            ], headers: [("x-request-id", requestID)], requestID: requestID)
    }

    /// Returns an image after the first. An error that would end the request ends the set instead,
    /// because an image has already been generated.
    private func rest(_ parts: [ArkPart], _ index: Int) async -> Item {
        do {
            return try await item(parts, index)
        } catch {
            return .failed(.standard(500))
        }
    }

    // MARK: A stream

    private func stream(_ parts: [ArkPart], _ first: Item) -> EmulatedResponse {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            var made: [ArkPart] = []
            var isBroken = false
            for (index, part) in parts.enumerated() {
                let item = index == 0 ? first : await rest(parts, index)
                switch item {
                case .made(let image):
                    made.append(part)
                    continuation.yield(
                        event(
                            "image_generation.partial_succeeded",
                            members(image, part).merging(["image_index": .integer(index)]) { $1 }))
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
            await bill(made)
            if !isBroken {
                continuation.yield(event("image_generation.completed", ["usage": usage(made)]))
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
                "type": .string(name), "model": .string(input.model.id), "created": .integer(Timestamp.now),
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
