import ImageCodecs
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /v2/uploads`: stores one file from the field `file` on the CDN for a limited time. Only
/// images; the provider also takes videos and sounds.
struct ApiframeUploads: Sendable {
    let state: EmulatorState

    /// The accepted formats, determined by magic bytes; the client's media type is ignored.
    static let formats: [ImageFormat] = [.png, .jpeg, .webp, .gif]

    func upload(_ request: EmulatedRequest) async -> EmulatedResponse {
        let maximum = state.configuration.ambiguities.apiframeMaximumUpload
        guard let boundary = MultipartForm.boundary(in: request.header("content-type") ?? ""),
            let form = MultipartForm(request.body, boundary: boundary),
            let part = form.parts.first(where: { $0.name == "file" }), !part.content.isEmpty
        else { return Self.refusal("No file provided") }
        guard part.content.count <= maximum else {
            return Self.refusal("File too large: \(part.content.count) bytes, at most \(maximum)")
        }
        guard let format = FormatSniffer.format(of: part.content.prefix(FormatSniffer.prefixLength)),
            Self.formats.contains(format)
        else { return Self.refusal("Unsupported file type") }
        let id = Identifier.uuid()
        let name = "\(id).\(format == .jpeg ? "jpg" : format.rawValue)"
        do {
            let file = try await state.files.store(
                Array(part.content), path: "uploads/\(name)", name: name, mediaType: format.mediaTypeName,
                lifetime: state.configuration.ambiguities.apiframeUploadLifetime)
            return .json(
                [
                    "id": .string(id), "url": .string(request.origin.url(.apiframeMedia, file.path)),
                    "kind": "image", "contentType": .string(file.mediaType),
                    "byteSize": .integer(file.byteCount),
                    "expiresAt": .string(Timestamp.text(file.expires)),
                ], status: 201)
        } catch {
            return ApiframeError(status: 502, message: "CDN upload failed").response
        }
    }

    private static func refusal(_ message: String) -> EmulatedResponse {
        ApiframeError(status: 400, message: message, details: ["file": [message]]).response
    }
}
