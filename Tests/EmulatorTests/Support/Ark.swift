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

extension RunningEmulator {
    /// Sends a `POST` to Ark.
    func ark(_ body: JSONValue, headers: [(String, String)] = [Ark.key]) async throws -> Reply {
        try await call("POST", "ark/api/v3/images/generations", headers: headers, json: body)
    }
}
#endif
