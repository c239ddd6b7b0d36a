/// A file's bytes, as a CDN gives them out to anyone.
enum Download {
    static func response(to request: EmulatedRequest, from files: FileStore) async -> EmulatedResponse {
        let path = request.path.joined(separator: "/")
        guard let file = await files.file(at: path), file.path == path,
            let bytes = await files.bytes(of: file)
        else {
            let status = await files.hasExpired(path) ? 410 : 404
            return .text("\(status == 410 ? "Gone" : "Not Found")\n", type: "text/plain", status: status)
        }
        return EmulatedResponse(
            status: 200,
            headers: [
                ("Content-Type", file.mediaType), ("Cache-Control", "public, max-age=3600"),
                // An upload may say that it is a web page: under this address it must not act as
                // one of ours.
                ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "sandbox"),
            ],
            body: .bytes(bytes))
    }
}
