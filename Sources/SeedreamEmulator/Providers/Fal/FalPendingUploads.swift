import Cryptography

/// Tokens, signed paths and multipart uploads that have been given out.
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

    /// What was agreed on when the path was signed; `nil` for another signature.
    func terms(of path: String, signature: String) -> FalFileTerms? {
        signatures[path].flatMap { $0.text == signature ? $0.terms : nil }
    }

    func beginMultipart(_ path: String, _ terms: FalFileTerms) -> String {
        let id = Identifier.digits()
        multiparts[id] = Multipart(path: path, terms: terms)
        return id
    }

    /// The part's tag, in quotes; `nil` for an unknown upload.
    func addPart(_ bytes: [UInt8], number: Int, upload: String, path: String) -> String? {
        guard multiparts[upload]?.path == path else { return nil }
        let tag = "\"\(SHA256Digest(bytes).hexadecimal.prefix(32))\""
        multiparts[upload]?.parts[number] = (tag, bytes)
        return tag
    }

    /// All parts in order; `nil` if the tags are not those of the parts.
    func finish(upload: String, path: String, tags: [Int: String]) -> (bytes: [UInt8], terms: FalFileTerms)? {
        guard let found = multiparts[upload], found.path == path, !found.parts.isEmpty,
            found.parts.mapValues(\.tag) == tags
        else { return nil }
        multiparts[upload] = nil
        return (found.parts.sorted { $0.key < $1.key }.flatMap(\.value.bytes), found.terms)
    }
}
