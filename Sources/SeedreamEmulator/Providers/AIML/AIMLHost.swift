import SeedreamModel

/// AIML API: one synchronous endpoint, behind which fal makes the pictures; they lie on fal's CDN.
struct AIMLHost: EmulatedHost {
    let bench: Workbench

    private static let path = ["v1", "images", "generations"]

    init(_ bench: Workbench) { self.bench = bench }

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
            statusCode: bench.configuration.openPoints.aimlStatusCode)
    }

    private func generate(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        var headers: [(name: String, value: String)] = [("x-inference-id", requestID)]
        if let id = request.header("x-client-request-id"), Self.isClientRequestID(id) {
            headers.append(("x-client-request-id", id))
        }
        let open = bench.configuration.openPoints
        do {
            let input = try await accept(request, requestID: requestID)
            let work = AIMLWork(
                bench: bench, input: input, requestID: requestID, origin: request.origin, fate: request.fate,
                logNumber: request.logNumber)
            let outcome = try await bench.settling(requestID, work.make)
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

    /// Checks the key, the body and the credits, and enters the request in the ledger.
    private func accept(_ request: EmulatedRequest, requestID: String) async throws(AIMLError) -> AIMLInput {
        guard bench.accepts(key: request.credential(scheme: "Bearer")) else { throw .standard(401) }
        guard let body = try? JSONValue(parsing: request.body) else {
            throw .validation(["Unexpected token in JSON"])
        }
        let input = try AIMLInput(body, unknownFields: bench.configuration.openPoints.aimlUnknownFields)
        guard
            await bench.ledger.accept(
                .aiml, operation: "aiml.generate", requestID: requestID, model: input.model.rawValue,
                body: request.body, images: input.count, unit: "USD")
        else { throw .standard(403) }
        return input
    }

    /// 1 to 128 of `A-Za-z0-9._:-`; others are dropped in silence, as documented.
    private static func isClientRequestID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "._:-".unicodeScalars.contains($0)
            }
    }
}
