#if Emulator
import SeedreamModel
import SeedreamEmulator

/// Requests to OneRouter.
enum OneRouter {
    static let bare = ("Authorization", "sk-fake")
    static let bearer = ("Authorization", "Bearer sk-fake")

    /// Returns a complete edit.
    static func body(_ changes: [String: JSONValue?] = [:]) throws -> JSONValue {
        var members: [String: JSONValue] = [
            "model": "seedream-v4-image-to-image", "prompt": "put the dog in a hat",
            "image_urls": [.string(try Fal.dataURI())], "size": "square_hd", "seed": 7,
            "enable_safety_checker": true, "enhance_prompt_mode": "fast", "n": 1, "output_format": "url",
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// Returns a small text-to-image request.
    static func least(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            ["model": "seedream-v4-text-to-image", "prompt": "a dog", "size": "square_hd"].merging(changes) {
                $1
            })
    }
}

extension RunningEmulator {
    /// Sends a `POST` to OneRouter.
    func oneRouter(
        _ body: JSONValue, path: String = "generations", headers: [(String, String)] = [OneRouter.bearer]
    ) async throws -> Reply {
        try await call("POST", "onerouter/v1/images/\(path)", headers: headers, json: body)
    }
}
#endif
