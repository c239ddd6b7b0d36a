import Foundation
import SeedreamModel
import TestSupport

/// The requests that the official Python client sent to a local server: one JSON object per line.
/// They are not part of the repository. `SEEDREAM_CONTRACTS` names their folder; default:
/// `../shared/contracts` beside the package.
enum FalCapture {
    /// A request and its reply.
    struct Exchange: Sendable {
        /// The scenario, such as `A03`.
        var scenario: String
        /// The server of fal that received the request: `run`, `queue`, `rest` or `cdn`.
        var role: String
        var method: String
        var target: String
        /// The scheme and the host.
        var base: String
        var headers: [(name: String, value: String)]
        /// The body as sent; `nil` for an image.
        var text: String?
        var status: Int
        var answerHeaders: [String: String]
        var answer: String

        /// The header fields without those of the transport.
        var comparedHeaders: [String: String] {
            Dictionary(
                headers.filter { !FalCapture.transportHeaders.contains($0.name.lowercased()) }
                    .map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        }
        /// The body as JSON; `nil` if it is not JSON.
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

    /// Whether the capture is present.
    static var isPresent: Bool { file != nil }

    /// The comment of a test that is skipped without the capture.
    static let absence = "capture absent: set SEEDREAM_CONTRACTS to its folder to run this test"

    /// All requests, in order; empty without the capture.
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
