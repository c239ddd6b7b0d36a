#if Emulator
import SeedreamModel
import SeedreamEmulator

/// Requests to Ark.
enum Ark {
    static let key = ("Authorization", "Bearer fake-key")
    static let seedream40 = "seedream-4-0-250828"

    /// Returns a complete edit.
    static func body(_ changes: [String: JSONValue?] = [:]) throws -> JSONValue {
        var members: [String: JSONValue] = [
            "model": .string(seedream40), "prompt": "put the dog in a hat",
            "image": [.string(try Fal.dataURI())], "size": "1280x960", "response_format": "url",
            "watermark": false, "stream": false, "sequential_image_generation": "disabled",
            "optimize_prompt_options": ["mode": "fast"],
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// Returns a small text-to-image request.
    static func least(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            ["model": .string(seedream40), "prompt": "a dog", "size": "1280x720"].merging(changes) { $1 })
    }

    /// Returns a request for a set of small images.
    static func set(_ count: Int, _ changes: [String: JSONValue] = [:]) -> JSONValue {
        least(
            [
                "sequential_image_generation": "auto",
                "sequential_image_generation_options": ["max_images": .integer(count)],
            ].merging(changes) { $1 })
    }
}

extension Ark {
    /// Returns the message of an error, without the request ID at its end; `nil` for a success.
    static func refusal(_ reply: Reply) throws -> String? {
        if reply.status == 200 { return nil }
        let id = reply.header("x-request-id") ?? "none"
        return try reply.json["error"]?["message"]?.string?.replacing(". Request id: \(id)", with: "")
    }

    /// Returns the message for a field with an invalid value.
    static func invalid(_ field: String, _ why: String) -> String {
        "The parameter `\(field)` specified in the request is not valid: \(why)"
    }
}

extension RunningEmulator {
    /// Sends a `POST` to Ark.
    func ark(_ body: JSONValue, headers: [(String, String)] = [Ark.key]) async throws -> Reply {
        try await call("POST", "ark/api/v3/images/generations", headers: headers, json: body)
    }
}
#endif
