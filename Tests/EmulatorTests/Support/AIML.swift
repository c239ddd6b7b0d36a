#if Emulator
import SeedreamModel
import Foundation
import SeedreamEmulator
import TestSupport

/// Requests to AIML.
enum AIML {
    static let key = ("Authorization", "Bearer fake-key")
    static let edit = "bytedance/seedream-v4-edit"
    static let textToImage = "bytedance/seedream-v4-text-to-image"

    /// Returns a complete edit.
    static func body(_ changes: [String: JSONValue?] = [:]) throws -> JSONValue {
        var members: [String: JSONValue] = [
            "model": .string(edit), "prompt": "put the dog in a hat",
            "image_urls": [.string(try Fal.dataURI())], "image_size": "square_hd", "num_images": 1, "seed": 7,
            "sync_mode": false, "enable_safety_checker": true,
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// Returns the smallest body that a model accepts.
    static func least(_ model: String = textToImage, _ changes: [String: JSONValue] = [:]) -> JSONValue {
        .object(["model": .string(model), "prompt": "a dog"].merging(changes) { $1 })
    }
}

extension RunningEmulator {
    /// Sends a `POST` to AIML.
    func aiml(_ body: JSONValue, headers: [(String, String)] = [AIML.key]) async throws -> Reply {
        try await call("POST", "aiml/v1/images/generations", headers: headers, json: body)
    }
}
#endif
