import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Every operation of every provider, with odd replies that are legal or almost legal: the outcome
/// is the same as without them.
@Suite("odd replies")
struct OddReplyTests {
    /// A change to a reply; if it returns `nil`, the reply is sent as one piece.
    struct Oddity: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout ReplyBench.Reply) -> [[UInt8]]?

        var testDescription: String { name }

        /// An oddity that changes only the text.
        static func text(_ name: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> Oddity {
            Oddity(name: name) { reply in
                reply.body = change(reply.body)
                return nil
            }
        }

        /// An oddity that rewrites each object.
        static func members(
            _ name: String, _ change: @escaping @Sendable ([(String, JSONValue)]) -> [(String, String)]
        ) -> Oddity {
            text(name) { Array(OddReplyTests.written((try? JSONValue(parsing: $0)) ?? nil, change).utf8) }
        }

        /// An oddity that changes only the header fields.
        static func fields(_ name: String, _ change: @escaping @Sendable (inout HTTPFields) -> Void) -> Oddity
        {
            Oddity(name: name) { reply in
                change(&reply.fields)
                return nil
            }
        }
    }

    private static func written(
        _ value: JSONValue, _ change: ([(String, JSONValue)]) -> [(String, String)]
    ) -> String {
        if let elements = value.array {
            return "[\(elements.map { written($0, change) }.joined(separator: ","))]"
        }
        guard let members = value.object else { return value.text }
        let sorted = members.sorted { $0.key < $1.key }
        let raw = change(sorted)
        return "{" + raw.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// Adds members before and after those of every object.
    private static func around(_ name: String, before: String? = nil, _ after: String) -> Oddity {
        @Sendable func change(_ members: [(String, JSONValue)]) -> [(String, String)] {
            (before.map { [("zz", $0)] } ?? []) + members.map { ($0.0, written($0.1, change)) } + [
                ("zzz", after)
            ]
        }
        return .members(name, change)
    }

    private static func escaped(_ text: String) -> String {
        text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    static let oddities: [Oddity] = {
        @Sendable func reversed(_ members: [(String, JSONValue)]) -> [(String, String)] {
            members.reversed().map { ($0.0, written($0.1, reversed)) }
        }
        @Sendable func inEscapes(_ members: [(String, JSONValue)]) -> [(String, String)] {
            members.map { name, value in
                (escaped(name), value.string.map { "\"\(escaped($0))\"" } ?? written(value, inEscapes))
            }
        }
        @Sendable func twice(_ members: [(String, JSONValue)]) -> [(String, String)] {
            members.flatMap { [($0.0, "\"first\""), ($0.0, written($0.1, twice))] }
        }
        @Sendable func numbersAsText(_ members: [(String, JSONValue)]) -> [(String, String)] {
            members.map { name, value in
                (name, value.number.map { "\"\($0)\"" } ?? written(value, numbersAsText))
            }
        }
        @Sendable func numbersAsNothing(_ members: [(String, JSONValue)]) -> [(String, String)] {
            members.map { name, value in
                (name, value.number == nil ? written(value, numbersAsNothing) : "NaN")
            }
        }
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let log = (0..<20_000).map { "{\"message\":\"line \($0) \(String(repeating: "x", count: 80))\"}" }
        return [
            .text("as it is") { $0 },
            .text("with white space") { bytes in
                Array(" \r\n\t".utf8)
                    + bytes.flatMap {
                        [UInt8(ascii: "{"), UInt8(ascii: ",")].contains($0) ? [$0, 0x0A, 0x20] : [$0]
                    }
                    + Array("\n\n".utf8)
            },
            .members("members in another order", reversed), .members("all in escapes", inEscapes),
            .members("members twice, the last one right", twice), .members("numbers as texts", numbersAsText),
            .members("NaN for numbers", numbersAsNothing),
            around("members that nobody knows", #"{"a":[1,{"b":null}]}"#),
            around("members that are null", before: "null", "null"),
            around("something that nests deeply", before: deep, deep),
            around("Infinity and None", before: "-Infinity", "None"),
            around("a long text", "\"\(String(repeating: "word ", count: 9000))\""),
            around("half a character", #""\ud83d""#),
            .text("a byte order mark") { [0xEF, 0xBB, 0xBF] + $0 },
            .text("in UTF-16") {
                Array(String(decoding: $0, as: UTF8.self).utf16).flatMap {
                    [UInt8($0 & 0xFF), UInt8($0 >> 8)]
                }
            },
            .text("Latin-1 in a text") {
                Array($0.dropLast()) + Array(",\"zzz\":\"M".utf8) + [0xFC] + Array("ller\"}".utf8)
            },
            .text("a raw line break in a text") {
                Array($0.dropLast()) + Array(",\"zzz\":\"a\nb\tc\"}".utf8)
            },
            .text("a comma too many") { Array($0.dropLast()) + Array(",}".utf8) },
            .text("rubbish behind it") { $0 + Array("\n<!-- cache -->".utf8) },
            .text("as lines of JSON") { Array("{\"zzz\":1}\n".utf8) + $0 + Array("\n{\"zzz\":2}\n".utf8) },
            .text("a log of two megabytes") {
                Array($0.dropLast()) + Array(",\"logs\":[\(log.joined(separator: ","))]}".utf8)
            },
            Oddity(name: "a byte at a time") { reply in reply.body.map { [$0] } },
            Oddity(name: "with empty pieces") { reply in [[], reply.body, [], []] },
            Oddity(name: "with another status of success") { reply in
                reply.status = reply.status == 200 ? 202 : 200
                return nil
            },
            .fields("without a content type") { $0[.contentType] = nil },
            .fields("as a page") { $0[.contentType] = "text/html; charset=iso-8859-1" },
            .fields("as an image") { $0[.contentType] = "image/png" },
            .fields("with a content type twice") {
                $0.append(HTTPField(name: .contentType, value: "text/plain"))
            },
            .fields("asked to wait") { $0[.retryAfter] = "3600" },
            .fields("with a cookie and a long field") {
                $0[.setCookie] = "a=b"
                $0[.eTag] = String(repeating: "x", count: 8000)
            },
        ]
    }()

    private static let jobs: [ReplyBench.Step] = [.initiate, .put, .submit, .status, .result]

    @Test("change nothing", arguments: oddities, ProviderID.allCases)
    func outcome(_ oddity: Oddity, _ provider: ProviderID) async throws {
        // Only a reply about a job may be that long.
        let isLarge = oddity.name == "a log of two megabytes"
        for step in ReplyBench.steps(of: provider)
        where Self.jobs.contains(step) && (!isLarge || step == .status) {
            let bench = try ReplyBench(provider) { at, reply in at == step ? oddity.change(&reply) : nil }
            let job = try? await bench.edit()
            let error = await bench.ledger.jobs(in: nil, limit: nil).first?.error
            #expect(job?.state == .saved, "\(provider).\(step): \(error?.description ?? "")")
            #expect(try bench.saved() == [ReplyBench.png], "\(provider).\(step)")
            let paid = bench.transport.requests.all.filter { request in
                let path = request.head.path ?? ""
                return request.head.method == .post && !path.contains("/initiate")
                    && !path.contains("/uploads")
            }
            #expect(paid.count == 1)
        }
    }

    @Test("to a cancellation change nothing", arguments: oddities)
    func cancellation(_ oddity: Oddity) async throws {
        guard oddity.name != "a log of two megabytes" else { return }
        let bench = try ReplyBench(.fal) { at, reply in at == .cancel ? oddity.change(&reply) : nil }
        let client = try bench.client()
        let job = try await client.submit(
            FalSample.request(), to: Destination(folder: bench.folder.file("out")))
        #expect(try await client.cancel(job) == .requested)
    }

    @Test(
        "without content leave a job open, and the reply in a file", arguments: ProviderID.allCases,
        [
            "<html>hello</html>", "{\"a\":1,\"see\":\"https://x.test/made.png\"}", "[[]]", "7",
            "{\"images\":",
        ])
    func nothing(_ provider: ProviderID, _ body: String) async throws {
        let bench = try ReplyBench(provider) { at, reply in
            if at == (provider == .fal ? .result : provider == .apiframe ? .status : .submit) {
                reply.body = Array(body.utf8)
            }
            return nil
        }
        let error = await #expect(throws: ClientError.self) { try await bench.edit() }
        #expect(error?.category == .badReply)
        let job = try #require(await bench.ledger.jobs(in: nil, limit: nil).first)
        #expect(job.state == (job.ticket == nil ? .unknown : .accepted))
        let message = try #require(error?.message)
        let path = try #require(message.split(separator: " ").last.map(String.init))
        let kept = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        #expect(kept == body, "\(message)")
        #expect(body.contains("https://") == message.contains("the reply contains https://x.test/made.png;"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("with too many images are cut, with a notice", arguments: ProviderID.allCases)
    func tooMany(_ provider: ProviderID) async throws {
        let bench = try ReplyBench(provider) { at, reply in
            let one = JSONValue.string("\(ReplyBench.base)/cdn/a.png")
            let many = JSONValue.array(Array(repeating: one, count: 3000))
            switch (provider, at) {
            case (.fal, .result): reply.body = JSONValue.object(["images": many]).bytes
            case (.apiframe, .status):
                reply.body =
                    JSONValue.object(["status": "COMPLETED", "result": .object(["images": many])]).bytes
            case (.aiml, .submit), (.onerouter, .submit), (.ark, .submit):
                reply.body = JSONValue.object(["data": many]).bytes
            default: break
            }
            return nil
        }
        let (events, reporter) = ClientReporter.makeStream()
        let job = try await bench.client().run(
            FalSample.request(), to: Destination(folder: bench.folder.file("out")), reportingTo: reporter)
        reporter.finish()
        #expect(job.state == .saved)
        #expect(try bench.saved().count == 1)
        var warnings: [RequestWarning.Code] = []
        for await event in events {
            if case .warning(let warning) = event { warnings.append(warning.code) }
        }
        #expect(warnings.contains(.resultsDropped))
    }
}
