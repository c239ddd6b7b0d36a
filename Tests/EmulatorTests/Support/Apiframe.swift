#if Emulator
import SeedreamModel
import Foundation
import SeedreamEmulator
import TestSupport

/// Requests to Apiframe.
enum Apiframe {
    static let key = "afk_0000000000000000000000000000000000000000"

    /// Returns a small request for a small image.
    static func body(
        _ parameters: [String: JSONValue?] = [:], _ changes: [String: JSONValue?] = [:]
    ) -> JSONValue {
        var inner: [String: JSONValue] = ["size": "1K", "seed": 7]
        for (name, value) in parameters { inner[name] = value }
        var members: [String: JSONValue] = [
            "model": "seedream-4", "prompt": "Replace the dog with a puppy", "seedreamParams": .object(inner),
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// Returns a body of `multipart/form-data` with one file, as `fetch` writes it.
    static func form(
        _ content: [UInt8], field: String = "file", name: String = "dog.png", type: String = "image/png",
        boundary: String = "----formdata-042"
    ) -> [UInt8] {
        Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n"
                .utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}

extension RunningEmulator {
    /// Calls a path below `/v2/`.
    func apiframe(
        _ method: String, _ path: String, key: String? = Apiframe.key, headers: [(String, String)] = [],
        json: JSONValue? = nil, body: [UInt8]? = nil
    ) async throws -> Reply {
        try await call(
            method, "apiframe/v2/\(path)", headers: (key.map { [("X-API-Key", $0)] } ?? []) + headers,
            json: json,
            body: body)
    }

    /// Submits a job.
    func generate(
        _ body: JSONValue = Apiframe.body(), replayKey: String? = nil, key: String? = Apiframe.key
    ) async throws -> Reply {
        try await apiframe(
            "POST", "images/generate", key: key,
            headers: replayKey.map { [("Idempotency-Key", $0)] } ?? [], json: body)
    }

    /// Polls a job until it has ended.
    func ended(_ submitted: Reply, key: String = Apiframe.key) async throws -> JSONValue {
        let id = try submitted.json["jobId"]?.string ?? "none"
        var job = JSONValue.null
        try await eventually("job \(id) ends", within: .seconds(600)) {
            job = try await apiframe("GET", "jobs/\(id)", key: key).json
            return !["QUEUED", "PROCESSING"].contains(job["status"]?.string)
        }
        return job
    }

    /// Submits a job and waits for it to end.
    func job(_ parameters: [String: JSONValue?] = [:]) async throws -> JSONValue {
        try await ended(try await generate(Apiframe.body(parameters)))
    }

    /// Uploads a file.
    func upload(_ content: [UInt8], type: String = "image/png") async throws -> Reply {
        try await apiframe(
            "POST", "uploads", headers: [("Content-Type", "multipart/form-data; boundary=----formdata-042")],
            body: Apiframe.form(content, type: type))
    }

    /// Downloads the image of a completed job.
    func picture(_ job: JSONValue) async throws -> Reply {
        try await call("GET", job["result"]?["images"]?[0]?.string ?? "none")
    }
}
#endif
