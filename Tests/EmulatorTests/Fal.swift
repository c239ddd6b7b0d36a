#if Emulator
import Foundation
import SeedreamEmulator
import TestSupport

/// Requests to fal.
enum Fal {
    static let edit = "fal-ai/bytedance/seedream/v4/edit"
    static let textToImage = "fal-ai/bytedance/seedream/v4/text-to-image"
    static let key = ("Authorization", "Key fake-id:fake-secret")

    /// A real picture of the fixtures as a data URI.
    static func dataURI(_ name: String = "photos/rocket.jpg", type: String = "image/jpeg") throws -> String {
        "data:\(type);base64,\(Data(try Fixtures.bytes(name)).base64EncodedString())"
    }

    /// A complete edit.
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
    /// `POST` to fal's synchronous host.
    func run(_ body: JSONValue, model: String = Fal.edit) async throws -> Reply {
        try await call("POST", "fal/run/\(model)", headers: [Fal.key], json: body)
    }

    /// `POST` to fal's queue.
    func submit(
        _ body: JSONValue, query: String = "", headers: [(String, String)] = []
    ) async throws -> Reply {
        try await call("POST", "fal/queue/\(Fal.edit)\(query)", headers: [Fal.key] + headers, json: body)
    }

    /// Asks for a status until the job is completed.
    func completion(of handle: JSONValue) async throws -> Reply {
        let url = handle["status_url"]?.string ?? ""
        while true {
            let reply = try await call("GET", url + "?logs=1", headers: [Fal.key])
            if reply.status != 202 { return reply }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
#endif
