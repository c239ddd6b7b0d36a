import Cryptography
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// fal's storage: tokens, direct, signed and multipart uploads, and the CDN that serves the files.
struct FalUploads: Sendable {
    private let state: EmulatorState
    private let pending = FalPendingUploads()

    init(_ state: EmulatorState) { self.state = state }

    func route(_ request: EmulatedRequest) -> Route? {
        let path = request.path
        switch (request.service, request.method) {
        case (.falREST, "POST") where path == ["storage", "auth", "token"]:
            return Route("fal.token") { await self.token($0) }
        case (.falREST, "POST") where path == ["storage", "upload", "initiate"]:
            return Route("fal.initiate") { await self.initiate($0, isMultipart: false) }
        case (.falREST, "POST") where path == ["storage", "upload", "initiate-multipart"]:
            return Route("fal.initiate") { await self.initiate($0, isMultipart: true) }
        case (.falCDN, "POST") where path == ["files", "upload"]:
            return Route("fal.upload") { await self.upload($0) }
        case (.falCDN, "POST") where path == ["files", "upload", "multipart"]:
            return Route("fal.multipart") { await self.beginMultipart($0) }
        case (.falCDN, "PUT") where path.count > 3 && path[path.count - 3] == "multipart":
            return Route("fal.part") { await self.part($0) }
        case (.falCDN, "POST") where path.last == "complete":
            return Route("fal.complete") { await self.complete($0) }
        case (.falCDN, "PUT"): return Route("fal.put") { await self.put($0) }
        case (.falCDN, "GET"), (.falCDN, "HEAD"):
            let isOfAIML = path.joined(separator: "/").hasPrefix(AIMLWork.folder + "/")
            return Route(isOfAIML ? "aiml.download" : "fal.download") {
                await Download.response(to: $0, from: state.files)
            }
        default: return nil
        }
    }

    private static let unauthorized = EmulatedResponse.json(
        ["detail": "invalid key credentials"], status: 401)

    private static func refusal(_ detail: String, status: Int = 400) -> EmulatedResponse {
        .json(["detail": .string(detail)], status: status)
    }

    // MARK: Tokens and direct uploads

    private func token(_ request: EmulatedRequest) async -> EmulatedResponse {
        guard state.accepts(key: request.credential(scheme: "Key")) else { return Self.unauthorized }
        guard request.parameter("storage_type") == "fal-cdn-v3" else {
            return Self.refusal("Invalid storage type")
        }
        let now = Date().timeIntervalSince1970
        return .json([
            "token": .string(await pending.newToken()), "token_type": "Bearer",
            "base_url": .string(Self.base(request.origin)), "created_at": .string(Timestamp.text(now)),
            // Python 3.11's `fromisoformat` must parse this, so the time has an offset instead of a
            // Z.
            "expires_at": .string(Timestamp.text(now + 30 * 86_400).dropLast() + "+00:00"),
        ])
    }

    /// Returns the base URL of the CDN, without a trailing slash.
    private static func base(_ origin: Origin) -> String {
        String(origin.url(.falCDN, "", host: "v3b.fal.media").dropLast())
    }

    private func isAuthorized(_ request: EmulatedRequest) async -> Bool {
        guard let token = request.credential(scheme: "Bearer") else { return false }
        return await pending.knows(token: token)
    }

    private func upload(_ request: EmulatedRequest) async -> EmulatedResponse {
        guard await isAuthorized(request) else { return Self.unauthorized }
        let path = Self.newPath(for: request.header("x-fal-file-name"))
        guard await keep(request.body, at: path, FalFileTerms(request)) else {
            return Self.refusal("upload failed", status: 500)
        }
        return .json([
            "access_url": .string(request.origin.url(.falCDN, path, host: "v3b.fal.media")), "uploaded": true,
        ])
    }

    private func keep(_ bytes: [UInt8], at path: String, _ terms: FalFileTerms) async -> Bool {
        do {
            try await state.files.store(
                bytes, path: path, name: path.split(separator: "/").last.map(String.init) ?? path,
                mediaType: terms.mediaType, lifetime: terms.lifetime)
            return true
        } catch {
            return false
        }
    }

    /// Returns an unguessable path that keeps the harmless characters of the name.
    private static func newPath(for name: String?) -> String {
        let safe = (name ?? "file.bin").unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "." || scalar == "-" ? Character(scalar) : "_"
        }
        return "\(FalWork.folder)/\(Identifier.digits().prefix(21))_\(String(safe.suffix(80)))"
    }

    // MARK: Signed uploads

    private func initiate(_ request: EmulatedRequest, isMultipart: Bool) async -> EmulatedResponse {
        guard state.accepts(key: request.credential(scheme: "Key")) else { return Self.unauthorized }
        switch request.parameter("storage_type") {
        case "fal-cdn-v3": break
        case "gcs" where !state.configuration.ambiguities.falRefusesGCS: break
        default: return Self.refusal("Invalid storage type")
        }
        guard let body = try? JSONValue(parsing: request.body), let type = body["content_type"]?.string else {
            return .json(
                FalError.model(["body", "content_type"], "Field required", "missing")
                    .outcome(requestID: "").body, status: 422)
        }
        let path = Self.newPath(for: body["file_name"]?.string)
        let terms = FalFileTerms(request, mediaType: type)
        let upload =
            isMultipart
            ? "\(path)/multipart/\(await pending.beginMultipart(path, terms))"
            : "\(path)?sig=\(await pending.sign(path, terms))"
        return .json([
            "upload_url": .string(request.origin.url(.falCDN, upload)),
            "file_url": .string(request.origin.url(.falCDN, path)),
        ])
    }

    private func put(_ request: EmulatedRequest) async -> EmulatedResponse {
        let path = request.path.joined(separator: "/")
        guard let signature = request.parameter("sig"),
            var terms = await pending.terms(of: path, signature: signature)
        else { return Self.refusal("Invalid signature", status: 403) }
        terms.mediaType = request.header("content-type") ?? terms.mediaType
        return await keep(request.body, at: path, terms)
            ? .empty(status: 200) : Self.refusal("upload failed", status: 500)
    }

    // MARK: Multipart uploads

    private func beginMultipart(_ request: EmulatedRequest) async -> EmulatedResponse {
        guard await isAuthorized(request) else { return Self.unauthorized }
        let path = Self.newPath(for: request.header("x-fal-file-name"))
        return .json([
            "access_url": .string(request.origin.url(.falCDN, path, host: "v3b.fal.media")),
            "uploadId": .string(await pending.beginMultipart(path, FalFileTerms(request))),
        ])
    }

    /// Handles `…/multipart/{uploadId}/{n}`. The response carries the tag in the header (for
    /// fal_client) and in the body (for fal-js).
    private func part(_ request: EmulatedRequest) async -> EmulatedResponse {
        let path = request.path.dropLast(3).joined(separator: "/")
        guard let number = request.path.last.flatMap({ Int($0) }), number >= 1,
            let tag = await pending.addPart(
                request.body, number: number, upload: request.path[request.path.count - 2], path: path)
        else { return Self.refusal("No such upload", status: 404) }
        return .json(
            ["partNumber": .integer(number), "etag": .string(tag)], headers: [("ETag", tag)])
    }

    /// Handles `…/multipart/{uploadId}/complete`.
    private func complete(_ request: EmulatedRequest) async -> EmulatedResponse {
        guard request.path.count > 3 else { return Self.refusal("No such upload", status: 404) }
        let path = request.path.dropLast(3).joined(separator: "/")
        guard let body = try? JSONValue(parsing: request.body), let parts = body["parts"]?.array else {
            return Self.refusal("Expected a list of parts")
        }
        let tags = Dictionary(
            parts.compactMap { part in
                part["partNumber"]?.integer.flatMap { number in part["etag"]?.string.map { (number, $0) } }
            }, uniquingKeysWith: { $1 })
        guard
            let file = await pending.finish(
                upload: request.path[request.path.count - 2], path: path, tags: tags)
        else { return Self.refusal("The parts are not those that were uploaded") }
        guard await keep(file.bytes, at: path, file.terms) else {
            return Self.refusal("upload failed", status: 500)
        }
        return .json(["access_url": .string(request.origin.url(.falCDN, path, host: "v3b.fal.media"))])
    }
}

/// The terms that an upload states at its start: the media type, and how long to keep the file.
struct FalFileTerms: Sendable {
    var mediaType: String
    /// The time for which the file is kept, in seconds.
    var lifetime: Double

    /// The default lifetime in seconds: seven days, the shortest documented time.
    private static let lifetime = 7.0 * 86_400

    /// Reads the terms from a request.
    ///
    /// - Parameter mediaType: The media type in the body; if `nil`, the header's applies.
    init(_ request: EmulatedRequest, mediaType: String? = nil) {
        let lifecycle =
            (request.header("x-fal-object-lifecycle")
            ?? request.header("x-fal-object-lifecycle-preference")).flatMap {
                try? JSONValue(parsing: $0.utf8)
            }
        self.mediaType = mediaType ?? request.header("content-type") ?? "application/octet-stream"
        lifetime = lifecycle?["expiration_duration_seconds"]?.number ?? Self.lifetime
    }
}

/// The tokens, signed paths and multipart uploads that have been issued.
actor FalPendingUploads {
    private struct Multipart {
        var path: String
        var terms: FalFileTerms
        var parts: [Int: (tag: String, bytes: [UInt8])] = [:]
    }

    private var tokens: Set<String> = []
    private var signatures: [String: (text: String, terms: FalFileTerms)] = [:]
    private var multiparts: [String: Multipart] = [:]

    func newToken() -> String {
        let token = "emulated-\(Identifier.digits())"
        tokens.insert(token)
        return token
    }

    func knows(token: String) -> Bool { tokens.contains(token) }

    func sign(_ path: String, _ terms: FalFileTerms) -> String {
        let signature = Identifier.digits()
        signatures[path] = (signature, terms)
        return signature
    }

    /// Returns the terms under which a path was signed; `nil` if the signature is wrong.
    func terms(of path: String, signature: String) -> FalFileTerms? {
        signatures[path].flatMap { $0.text == signature ? $0.terms : nil }
    }

    func beginMultipart(_ path: String, _ terms: FalFileTerms) -> String {
        let id = Identifier.digits()
        multiparts[id] = Multipart(path: path, terms: terms)
        return id
    }

    /// Stores a part and returns its tag in quotes; `nil` for an unknown upload.
    func addPart(_ bytes: [UInt8], number: Int, upload: String, path: String) -> String? {
        guard multiparts[upload]?.path == path else { return nil }
        let tag = "\"\(SHA256Digest(bytes).hexadecimal.prefix(32))\""
        multiparts[upload]?.parts[number] = (tag, bytes)
        return tag
    }

    /// Returns all parts in order; `nil` if the tags do not match the parts.
    func finish(upload: String, path: String, tags: [Int: String]) -> (bytes: [UInt8], terms: FalFileTerms)? {
        guard let found = multiparts[upload], found.path == path, !found.parts.isEmpty,
            found.parts.mapValues(\.tag) == tags
        else { return nil }
        multiparts[upload] = nil
        return (found.parts.sorted { $0.key < $1.key }.flatMap(\.value.bytes), found.terms)
    }
}
