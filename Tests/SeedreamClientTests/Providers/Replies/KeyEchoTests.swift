import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Puts the key into each text of each reply of each provider; it must not show afterwards.
@Suite("a key echoed by a provider")
struct KeyEchoTests {
    private static let key = "canary-9f31c0de-key:canary-77aa-secret"

    /// The forms in which the key is put into a text.
    private static let forms: [@Sendable (String) -> String] = [
        { "\($0) \(key)" }, { _ in key }, { "\($0)\(key.uppercased())" },
        { "\($0) Basic \(Data("u:\(key)".utf8).base64EncodedString())" },
        { "\($0) " + key.utf8.map { String(format: "%%%02x", $0) }.joined() },
    ]

    /// Returns the number of texts in a value, names of members included.
    private static func places(in value: JSONValue) -> Int {
        switch value {
        case .string: 1
        case .array(let elements): elements.reduce(0) { $0 + places(in: $1) }
        case .object(let members): members.reduce(0) { $0 + places(in: $1.value) + 1 }
        default: 0
        }
    }

    /// Returns the value with the text at one place changed.
    private static func changed(
        _ value: JSONValue, _ place: inout Int, _ change: (String) -> String
    ) -> JSONValue {
        switch value {
        case .string(let text):
            defer { place -= 1 }
            return place == 0 ? .string(change(text)) : value
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(changed(element, &place, change)) }
            return .array(result)
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (name, inner) in members.sorted(by: { $0.key < $1.key }) {
                if place == 0 { result[change(name)] = inner }
                place -= 1
                result[name] = changed(inner, &place, change)
            }
            return .object(result)
        default: return value
        }
    }

    /// Returns the places where the key shows, in everything that a run leaves.
    private static func hits(_ bench: ReplyBench, _ said: [String]) async throws -> [String] {
        var texts = said + bench.log.lines.all.map(\.text)
        for job in await bench.ledger.jobs(in: nil, limit: nil) {
            texts.append(String(decoding: try JSONEncoder().encode(job), as: UTF8.self))
            if let hint = job.error?.hint { texts.append(hint) }
        }
        for name in FileManager.default.enumerator(atPath: bench.folder.path)?.compactMap({ $0 as? String })
            ?? []
        {
            texts.append(name)
            if let data = FileManager.default.contents(atPath: bench.folder.file(name)) {
                texts.append(String(decoding: data, as: UTF8.self))
            }
        }
        let needles = [
            "canary-9f31", "canary-77aa", "63616e617279", "%63%61", "Y2FuYXJ5", "NhbmFyeS", "jYW5hcnkt",
        ]
        return texts.filter { text in needles.contains { text.lowercased().contains($0.lowercased()) } }
    }

    /// Runs an edit and returns all texts that it gives.
    private static func run(_ bench: ReplyBench) async throws -> [String] {
        let (events, reporter) = ClientReporter.makeStream()
        var said: [String] = []
        do {
            let job = try await bench.client().run(
                FalSample.request(),
                to: Destination(folder: bench.folder.file("out"), template: "{request}-{index}"),
                reportingTo: reporter)
            said.append("\(job)")
        } catch {
            said.append("\(error) \(String(reflecting: error))")
        }
        reporter.finish()
        for await event in events { said.append("\(event)") }
        return said
    }

    @Test("shows nowhere, in any text of any reply", arguments: ProviderID.allCases)
    func everyText(_ provider: ProviderID) async throws {
        for step in ReplyBench.steps(of: provider) where step != .download && step != .cancel {
            var count = 1
            var place = 0
            while place < count {
                for form in Self.forms {
                    let seen = Recorder<Int>()
                    let bench = try ReplyBench(provider, key: Self.key) { [place] at, reply in
                        guard at == step else { return nil }
                        seen.append(Self.places(in: reply.json))
                        // An unknown status is polled again; this ends it.
                        guard seen.all.count <= 3 else {
                            (reply.status, reply.body) = (401, [])
                            return nil
                        }
                        var left = place
                        reply.body = Self.changed(reply.json, &left, form).bytes
                        return nil
                    }
                    let hits = try await Self.hits(bench, try await Self.run(bench))
                    #expect(hits.isEmpty, "\(provider).\(step), text \(place): \(hits.first ?? "")")
                    count = seen.all.first ?? 0
                }
                place += 1
            }
            #expect(count > 0 || step == .put)
        }
    }

    /// Refusals and failures as documented, with the key in their texts.
    static let refusals: [(ProviderID, ReplyBench.Step, Int, String)] = [
        (.onerouter, .submit, 200, #"{"error":{"code":401,"message":"Incorrect API key provided: KEY"}}"#),
        (.onerouter, .submit, 401, #"{"error":{"code":"KEY","message":"no","param":"KEY","type":"KEY"}}"#),
        (.aiml, .submit, 403, #"{"message":"KEY","requestId":"KEY","statusCode":403}"#),
        (.aiml, .submit, 200, #"{"message":"bad KEY","statusCode":"401"}"#),
        (
            .ark, .submit, 200,
            #"{"error":{"code":"AuthenticationError","message":"The API key KEY is wrong"}}"#
        ),
        (
            .ark, .submit, 200,
            #"{"data":[{"error":{"code":"x","message":"KEY"}}],"usage":{"generated_images":0}}"#
        ),
        (
            .ark, .submit, 200,
            #"{"data":[{"error":{"code":"x","message":"KEY"}},{"url":"http://127.0.0.1:9/cdn/a.png"}]}"#
        ),
        (.apiframe, .submit, 400, #"{"error":"Your API key KEY starts with","details":{"KEY":["KEY"]}}"#),
        (.apiframe, .status, 200, #"{"id":"r-1","status":"FAILED","error":"upstream refused KEY"}"#),
        (.apiframe, .put, 401, #"{"error":{"message":"KEY"}}"#),
        (.fal, .initiate, 401, #"{"detail":"invalid key KEY"}"#), (.fal, .put, 403, "<Error>KEY</Error>"),
        (.fal, .submit, 401, #"{"detail":"KEY"}"#), (.fal, .submit, 200, "<html>KEY</html>"),
        (.fal, .submit, 422, #"{"detail":[{"loc":["body","KEY"],"msg":"KEY","type":"KEY","input":"KEY"}]}"#),
        (.fal, .status, 200, #"{"status":"COMPLETED","error":"KEY","error_type":"KEY"}"#),
        (.fal, .status, 202, #"{"status":"KEY","logs":[{"message":"KEY"}]}"#),
        (.fal, .status, 500, "KEY"),
        (.fal, .result, 422, #"{"detail":[{"loc":["body"],"msg":"KEY","type":"t"}]}"#),
        (.fal, .result, 200, #"{"images":[],"KEY":"KEY"}"#), (.fal, .result, 200, #"{"nothing":"KEY"}"#),
    ]

    @Test("shows nowhere in refusals", arguments: refusals)
    func refused(_ provider: ProviderID, _ step: ReplyBench.Step, _ status: Int, _ body: String) async throws
    {
        let escaped = Self.key.utf16.map { String(format: "\\u%04X", $0) }.joined()
        for written in [Self.key, escaped, "canary-77aa-secret"] {
            let times = Recorder<Int>()
            let bench = try ReplyBench(provider, key: Self.key) { at, reply in
                guard at == step else { return nil }
                times.append(1)
                guard times.all.count <= 6 else {
                    (reply.status, reply.body) = (401, [])
                    return nil
                }
                reply.status = status
                reply.body = Array(body.replacingOccurrences(of: "KEY", with: written).utf8)
                for name in [
                    "x-fal-request-id", "x-request-id", "x-inference-id", "x-tt-logid", "x-fal-error-type",
                    "retry-after", "content-type",
                ] {
                    if let name = HTTPField.Name(name) { reply.fields[name] = Self.key }
                }
                return nil
            }
            let said = try await Self.run(bench)
            let hits = try await Self.hits(bench, said)
            #expect(hits.isEmpty, "\(provider).\(step): \(hits)")
            // The refusal was reported, with the mask in place of the key.
            #expect(
                said.contains { $0.contains(KeyMask.replacement) }
                    || bench.log.lines.all.contains { $0.text.contains(KeyMask.replacement) },
                "\(provider).\(step) \(status): \(said)")
        }
    }

    @Test("is found where it is")
    func search() async throws {
        let bench = try ReplyBench(.fal, key: Self.key)
        #expect(try await Self.hits(bench, ["a", "b \(Self.key)"]).count == 1)
    }
}
