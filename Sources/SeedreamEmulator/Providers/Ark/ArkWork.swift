import Pixels
import SeedreamModel

/// What Ark does with a request that it has taken, as one answer or as a stream.
struct ArkWork: Sendable {
    let bench: Workbench
    let input: ArkInput
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int

    /// A picture of the set, or what became of it.
    fileprivate enum Item: Sendable {
        case made(Studio.Product)
        case failed(ArkError)
    }

    /// The picture of a set that fails, where one is to fail. The set goes on after a picture that
    /// may not be shown, and ends with one that met an internal error, as Ark's documentation has
    /// it.
    private static let failing = 1

    /// Does it, and settles the ledger.
    func run() async -> EmulatedResponse {
        do {
            let order = try await prepare()
            // Even of a stream the headers come only with the first picture, and what goes wrong
            // before is plain JSON.
            let first = try await item(order, 0)
            return input.isStream ? stream(order, first) : await reply(order, first)
        } catch {
            await bench.ledger.release(requestID)
            return (error as? ArkError ?? .standard(500)).response(requestID: requestID)
        }
    }

    /// Reads the inputs, and waits as long as pictures take.
    private func prepare() async throws -> PictureOrder {
        if fate == .hangs { try await Task.sleep(for: .seconds(86_400)) }
        let open = bench.configuration.openPoints
        let pictures: [InputPicture]
        do throws(Workbench.RefusedInput) {
            pictures = try await bench.pictures(
                input.images, limits: input.model.limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw ArkError(error)
        }
        try await bench.studio.begin()
        return PictureOrder(
            prompt: input.prompt, inputs: pictures,
            size: input.outputSize(first: pictures.first?.size, automatic: open.automaticSize),
            // There is no seed from 4.0 on.
            count: input.count, seed: Int.random(in: 1...Int(Int32.max)), mediaType: input.mediaType,
            isWatermarked: input.isWatermarked)
    }

    /// One picture of the set.
    ///
    /// - Throws: What ends the whole request: the failure of the only picture,
    ///   ``CancellationError``, or what the codecs throw.
    private func item(_ order: PictureOrder, _ index: Int) async throws -> Item {
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
            try await bench.studio.picture(
                order, index: index,
                path: "results/\(Identifier.digits()).\(order.mediaType.fileExtension)"))
    }

    /// A picture as an item of `data`, or as an event carries it.
    private func members(_ product: Studio.Product, _ order: PictureOrder) -> [String: JSONValue] {
        [
            "size": .string("\(order.size)"),
            input.isBase64 ? "b64_json" : "url": .string(
                input.isBase64 ? product.base64 : origin.url(.arkMedia, product.file.path)),
        ]
    }

    private func usage(_ made: Int, _ order: PictureOrder) -> JSONValue {
        let tokens = made * (order.size.area / 256)
        return [
            "generated_images": .integer(made), "output_tokens": .integer(tokens),
            "total_tokens": .integer(tokens),
        ]
    }

    private func bill(_ made: Int, _ order: PictureOrder) async {
        await bench.ledger.bill(requestID, images: made, cost: Double(made * (order.size.area / 256)))
    }

    // MARK: One answer

    private func reply(_ order: PictureOrder, _ first: Item) async -> EmulatedResponse {
        var data: [JSONValue] = []
        var made = 0
        for index in 0..<order.count {
            let item = index == 0 ? first : await rest(order, index)
            switch item {
            case .made(let product):
                made += 1
                data.append(.object(members(product, order)))
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

    /// A picture behind the first: what would end the request ends the set instead, since something
    /// has been made.
    private func rest(_ order: PictureOrder, _ index: Int) async -> Item {
        do {
            return try await item(order, index)
        } catch {
            return .failed(.standard(500))
        }
    }

    // MARK: A stream

    private func stream(_ order: PictureOrder, _ first: Item) -> EmulatedResponse {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            var made = 0
            var isBroken = false
            for index in 0..<order.count {
                let item = index == 0 ? first : await rest(order, index)
                switch item {
                case .made(let product):
                    made += 1
                    continuation.yield(
                        event(
                            "image_generation.partial_succeeded",
                            members(product, order).merging(["image_index": .integer(index)]) { $1 }))
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
            // What was made is paid for, whether the client still listens or not.
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

    /// An event; its name stands in the data too. That an `error` ends a set which met an internal
    /// error, without `completed` behind it, is a guess: Ark lists the event and does not say when
    /// it comes.
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
    /// Whether no further picture is made.
    fileprivate var endsTheSet: Bool {
        if case .failed(let error) = self { error.status >= 500 } else { false }
    }
}
