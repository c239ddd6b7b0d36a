#if Emulator
import SeedreamModel
import Foundation
import SeedreamEmulator
import TestSupport

/// Requests to fal.
enum Fal {
    static let edit = "fal-ai/bytedance/seedream/v4/edit"
    static let textToImage = "fal-ai/bytedance/seedream/v4/text-to-image"
    static let key = ("Authorization", "Key fake-id:fake-secret")
    /// An image that decodes quickly.
    static let small = "formats/reference-64x48.png"

    /// Returns the small image as a data URI.
    static func smallURI() throws -> JSONValue { .string(try dataURI(small, type: "image/png")) }

    /// Returns a photograph of the fixtures as a data URI.
    static func dataURI(_ name: String = "photos/rocket.jpg", type: String = "image/jpeg") throws -> String {
        "data:\(type);base64,\(Data(try Fixtures.bytes(name)).base64EncodedString())"
    }

    /// Returns the query that requests a webhook, its URL encoded as httpx does.
    static func webhook(_ receiver: WebhookReceiver) -> String {
        let allowed = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
        return "?fal_webhook=\(receiver.url.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
    }

    /// Returns a complete edit.
    static func body(_ changes: [String: JSONValue?] = [:]) throws -> JSONValue {
        var members: [String: JSONValue] = [
            "prompt": "put the dog in a hat", "image_urls": [.string(try dataURI())],
            "image_size": ["width": 1280, "height": 960], "num_images": 1, "max_images": 1, "seed": 7,
            "enable_safety_checker": true, "enhance_prompt_mode": "standard", "sync_mode": false,
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }
}

extension RunningEmulator {
    /// Sends a `POST` to fal's synchronous endpoint.
    func run(_ body: JSONValue, model: String = Fal.edit) async throws -> Reply {
        try await call("POST", "fal/run/\(model)", headers: [Fal.key], json: body)
    }

    /// Sends a `POST` to fal's queue.
    func submit(
        _ body: JSONValue, query: String = "", headers: [(String, String)] = []
    ) async throws -> Reply {
        try await call("POST", "fal/queue/\(Fal.edit)\(query)", headers: [Fal.key] + headers, json: body)
    }

    /// Sends a `GET` to one of the URLs of a handle.
    func follow(_ handle: JSONValue, _ link: String, method: String = "GET", query: String = "") async throws
        -> Reply
    {
        try await call(method, (handle[link]?.string ?? "") + query, headers: [Fal.key])
    }

    /// Submits, waits until the job is completed, and fetches its result.
    func result(of body: JSONValue) async throws -> Reply {
        let handle = try await submit(body).json
        _ = try await completion(of: handle)
        return try await follow(handle, "response_url")
    }

    /// Downloads the images of a reply.
    func pictures(_ reply: Reply) async throws -> [[UInt8]] {
        var pictures: [[UInt8]] = []
        for image in try reply.json["images"]?.array ?? [] {
            pictures.append(try await call("GET", image["url"]?.string ?? "none").body)
        }
        return pictures
    }

    /// Polls the status until the job is completed.
    func completion(of handle: JSONValue) async throws -> Reply {
        let url = handle["status_url"]?.string ?? ""
        var reply = Reply(status: 202, headers: [], body: [])
        try await eventually("the job is completed", within: .seconds(600)) {
            reply = try await call("GET", url + "?logs=1", headers: [Fal.key])
            return reply.status != 202
        }
        return reply
    }
}
#endif
