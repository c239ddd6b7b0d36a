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
        let input = try ArkInput(body, configuration: state.configuration)
        guard
            await state.ledger.accept(
                .ark, operation: "ark.generate", requestID: requestID, model: input.model.id,
                body: request.body, images: input.outputs, unit: "tokens")
        else { throw .standard(403) }
        return input
    }
}
