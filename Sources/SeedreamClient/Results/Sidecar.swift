import Pixels
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The contents of `<file>.json` next to an image: its origin. Contains neither the key nor
/// payloads.
struct Sidecar: Encodable {
    struct File: Encodable {
        let name: String
        let sha256: String
        let bytes: Int
        let mediaType: String
        let width: Int?
        let height: Int?
        let notice: String?
    }

    let schema = 1
    let toolkit: String
    let provider: ProviderID
    let model: String
    let operation: GenerationOperation
    let prompt: String
    /// The prompt as the provider revised it, if it reports that.
    let revisedPrompt: String?
    let jobID: String
    let requestID: String?
    /// The time at which the job was recorded, ISO 8601 in UTC.
    let created: String
    let seed: Int?
    let usage: Usage
    /// The index of the image in the result, from 0.
    let index: Int
    /// The URL of the image; `nil` if it came in the reply.
    let source: String?
    /// The place in a stack of layers; `nil` for an image that is no layer.
    let layer: ImageLayer?
    let file: File
    let inputs: [InputProvenance]

    init(_ file: SavedFile, of job: JobRecord, toolkit: String) {
        self.toolkit = toolkit
        provider = job.provider
        model = job.model
        operation = job.operation
        prompt = job.prompt
        jobID = job.id
        requestID = job.providerRequestID
        created = Date(timeIntervalSince1970: job.created).formatted(.iso8601)
        seed = job.result?.seed
        usage = job.result?.usage ?? Usage()
        index = file.index
        let images = job.result?.images ?? []
        revisedPrompt = images.indices.contains(file.index) ? images[file.index].revisedPrompt : nil
        if images.indices.contains(file.index), case .url(let url) = images[file.index].location {
            source = Self.withoutSecrets(url)
        } else {
            source = nil
        }
        layer = images.indices.contains(file.index) ? images[file.index].layer : nil
        self.file = File(
            name: file.path.split(separator: "/").last.map { String($0) } ?? file.path, sha256: file.sha256,
            bytes: file.byteCount,
            mediaType: file.mediaType, width: file.size?.width, height: file.size?.height,
            notice: file.notice)
        inputs = job.inputs
    }

    /// The JSON, indented for people, with sorted keys.
    var bytes: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + Array("\n".utf8)
        }
    }

    /// Returns the job and the digest that a sidecar names; `nil` if the bytes are not a sidecar.
    static func owner(of bytes: [UInt8]) -> (jobID: String, sha256: String)? {
        guard let value = try? JSONValue(parsing: bytes), let job = value["jobID"]?.string,
            let digest = value["file"]?["sha256"]?.string
        else { return nil }
        return (job, digest)
    }

    /// Returns a URL without the parts that may grant access: its query, which contains the
    /// signature of a signed URL, its fragment, and its user information.
    static func withoutSecrets(_ url: String) -> String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        guard let start = plain.firstRange(of: "://")?.upperBound else { return String(plain) }
        let end = plain[start...].firstIndex(of: "/") ?? plain.endIndex
        guard let at = plain[start..<end].lastIndex(of: "@") else { return String(plain) }
        return String(plain[..<start] + plain[plain.index(after: at)...])
    }
}
