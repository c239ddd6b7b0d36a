import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The jobs, as shown by `GET /v2/jobs` and `GET /v2/jobs/{id}`.
struct ApiframeJobs: Sendable {
    let state: EmulatorState

    static let statuses = ["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]
    private static let limits = 1...100
    private static let defaultLimit = 20

    static func status(_ snapshot: JobSnapshot) -> String {
        switch snapshot.phase {
        case .queued: "QUEUED"
        case .running: "PROCESSING"
        case .ended where snapshot.isCancelled: "CANCELLED"
        case .ended(let outcome): outcome.isSuccess ? "COMPLETED" : "FAILED"
        }
    }

    /// Returns a job.
    ///
    /// - Parameter owner: The owner that the job must have.
    func job(_ text: String, owner: String) async -> EmulatedResponse {
        guard let id = UUID(uuidString: text) else {
            return ApiframeError(
                status: 400, message: "Invalid job ID format", details: ["id": ["Invalid UUID"]]
            ).response
        }
        guard let snapshot = await state.jobs.snapshot(id.uuidString.lowercased()),
            snapshot.provider == .apiframe, snapshot.attributes["owner"]?.string == owner
        else { return ApiframeError(status: 404, message: "Job not found").response }
        var members = await describe(snapshot)
        members["input"] = snapshot.attributes["input"]
        return .json(.object(members), requestID: snapshot.id)
    }

    /// Returns a page of the list of jobs, newest first.
    func list(_ request: EmulatedRequest, owner: String) async -> EmulatedResponse {
        var fields = ApiframeFields(
            Dictionary(
                request.query.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first }))
        let status = fields.option("status", Self.statuses)
        let model = fields.string("model")
        let scope = fields.option("scope", ["user", "team"])
        let includesModels = fields.option("include_models", ["true", "false"]) == "true"
        var limit = Self.defaultLimit
        if let text = fields.string("limit") {
            limit = Int(text) ?? 0
            if Int(text) == nil {
                fields.refuse("limit", "Invalid input: expected number, received NaN")
            } else if limit < Self.limits.lowerBound {
                fields.refuse("limit", "Too small: expected number to be >=\(Self.limits.lowerBound)")
            } else if limit > Self.limits.upperBound {
                fields.refuse("limit", "Too big: expected number to be <=\(Self.limits.upperBound)")
            }
        }
        let search = fields.string("search")
        let wanted = search.flatMap { UUID(uuidString: $0)?.uuidString.lowercased() }
        if search != nil, wanted == nil { fields.refuse("search", "Invalid UUID") }
        let cursor = fields.string("cursor")
        let place = cursor.flatMap(Self.place(of:))
        if cursor != nil, place == nil { fields.refuse("cursor", "Invalid cursor") }
        guard fields.problems.isEmpty else { return ApiframeError.validation(fields.problems).response }

        // All keys belong to one team; each key is a separate user.
        let own = await state.jobs.all(.apiframe).filter {
            scope == "team" || $0.attributes["owner"]?.string == owner
        }
        let matching = own.filter { job in
            (status == nil || Self.status(job) == status) && (wanted == nil || job.id == wanted)
                && (model == nil || job.attributes["model"]?.string == model)
                && (place.map { Self.place(of: job) < $0 } ?? true)
        }
        let page = matching.prefix(limit)
        let hasMore = matching.count > page.count
        var jobs: [JSONValue] = []
        for job in page { jobs.append(.object(await describe(job))) }
        var members: [String: JSONValue] = [
            "jobs": .array(jobs), "hasMore": .bool(hasMore), "nextCursor": .null,
        ]
        if hasMore, let last = page.last { members["nextCursor"] = .string(Self.cursor(after: last)) }
        if includesModels {
            members["models"] = .array(
                Set(own.compactMap { $0.attributes["model"]?.string }).sorted().map { .string($0) })
        }
        return .json(.object(members))
    }

    private func describe(_ snapshot: JobSnapshot) async -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "id": .string(snapshot.id), "status": .string(Self.status(snapshot)),
            "model": snapshot.attributes["model"] ?? .null, "progress": .integer(progress(snapshot)),
            "result": nil, "error": nil, "creditCost": .integer(ApiframeModel.credits),
            "webhookStatus": snapshot.webhookStatus.map { .string($0) } ?? .null, "expired": false,
            "createdAt": .string(Timestamp.text(snapshot.createdAt.timeIntervalSince1970)),
            "completedAt": Self.completedAt(snapshot),
        ]
        if case .ended(let outcome) = snapshot.phase {
            if let error = outcome.error {
                members["error"] = .string(error)
                members["creditCost"] = 0
            } else {
                members["result"] = outcome.body
                let path = snapshot.attributes["path"]?.string ?? ""
                members["expired"] = .bool(await state.files.file(at: path) == nil)
            }
        }
        return members
    }

    static func completedAt(_ snapshot: JobSnapshot) -> JSONValue {
        snapshot.endedAt.map { .string(Timestamp.text($0.timeIntervalSince1970)) } ?? .null
    }

    /// Returns the progress in percent, estimated from the minimum generation time; at most 95
    /// until the image is ready.
    private func progress(_ snapshot: JobSnapshot) -> Int {
        switch snapshot.phase {
        case .queued: return 0
        case .running:
            let elapsed = -(snapshot.startedAt ?? Date()).timeIntervalSinceNow
            let whole = max(state.configuration.generationTime, 0.001)
            return Int(min(95, max(0, elapsed / whole * 100)))
        case .ended(let outcome): return outcome.isSuccess ? 100 : 0
        }
    }

    // MARK: Cursors

    private static func place(of job: JobSnapshot) -> (Double, String) {
        (job.createdAt.timeIntervalSinceReferenceDate, job.id)
    }

    /// Returns a cursor in the documented form: JSON in base64.
    private static func cursor(after job: JobSnapshot) -> String {
        let (time, id) = place(of: job)
        let value: JSONValue = ["createdAt": .number(time), "id": .string(id)]
        return Data(value.bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func place(of cursor: String) -> (Double, String)? {
        let standard = cursor.replacing("-", with: "+").replacing("_", with: "/").replacing("=", with: "")
        let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let value = try? JSONValue(parsing: data),
            let time = value["createdAt"]?.number, let id = value["id"]?.string
        else { return nil }
        return (time, id)
    }
}
