import Foundation
import SeedreamModel
import TestSupport

/// What the official Python client sent to a local server: one JSON object a line. It is no part of
/// the project: found through `SEEDREAM_CONTRACTS`, by default `../shared/contracts` beside the
/// package.
enum FalCapture {
    /// A request and its answer.
    struct Exchange: Sendable {
        /// As `A03`.
        var scenario: String
        /// Which of fal's servers it went to: `run`, `queue`, `rest`, `cdn`.
        var role: String
        var method: String
        var target: String
        /// Scheme and host.
        var base: String
        var headers: [(name: String, value: String)]
        /// As it went out; `nil` where it was an image.
        var text: String?
        var status: Int
        var answerHeaders: [String: String]
        var answer: String

        /// Without what belongs to the transport.
        var comparedHeaders: [String: String] {
            Dictionary(
                headers.filter { !FalCapture.transportHeaders.contains($0.name.lowercased()) }
                    .map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        }
        /// The body, if it is JSON.
        var body: JSONValue? { text.flatMap { try? JSONValue(parsing: $0.utf8) } }
        /// The account's key.
        var key: String? {
            headers.first { $0.name == "Authorization" }.map { String($0.value.dropFirst(4)) }
        }
    }

    private static let transportHeaders: Set<String> = [
        "host", "accept", "accept-encoding", "connection", "content-length", "user-agent",
    ]

    private static let file: URL? = {
        let path = ProcessInfo.processInfo.environment["SEEDREAM_CONTRACTS"]
        let folder =
            path.map { URL(fileURLWithPath: $0) }
            ?? Fixtures.root.appendingPathComponent("../shared/contracts")
        let file = folder.appendingPathComponent("fal_client_capture.jsonl")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }()

    /// Whether it is there.
    static var isPresent: Bool { file != nil }

    /// What a test says where it is not.
    static let absence = "capture absent: set SEEDREAM_CONTRACTS to its folder to run this test"

    /// All requests, in order; empty if the capture is absent.
    static let exchanges: [Exchange] = {
        guard let file, let data = try? Data(contentsOf: file) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let row = try? JSONValue(parsing: line), row["kind"] == nil else { return nil }
            let headers = (row["headers"]?.array ?? []).map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
            let answer = row["answer"]
            return Exchange(
                scenario: row["scenario"]?.string ?? "", role: row["role"]?.string ?? "",
                method: row["method"]?.string ?? "", target: row["target"]?.string ?? "",
                base:
                    "\(row["tls"]?.bool == false ? "http" : "https")://\(headers.first { $0.0 == "Host" }?.1 ?? "")",
                headers: headers,
                text: row["body"]?.string,
                status: answer?["status"]?.integer ?? 0,
                answerHeaders: (answer?["headers"]?.object ?? [:]).compactMapValues(\.string),
                answer: answer?["body"]?.string ?? answer?["body"]?.text ?? "")
        }
    }()
}
