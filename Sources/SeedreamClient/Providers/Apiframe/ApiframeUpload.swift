import SeedreamModel

/// `POST /v2/uploads`: one picture in the field `file` of a form (RFC 7578).
struct ApiframeUpload {
    let image: PreparedImage
    /// The file's name. The host goes by the magic bytes alone.
    let name: String
    /// Up to 70 characters that stand nowhere in the picture.
    let boundary: String

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The picture is sent from where it lies; only the lines around it are made.
    var body: RequestBody {
        let name = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name.isEmpty ? "image" : name)\"\r\n"
            + "Content-Type: \(image.mediaType.rawValue)\r\n\r\n"
        return RequestBody([
            .bytes(Array(head.utf8)), .picture(image.bytes), .bytes(Array("\r\n--\(boundary)--\r\n".utf8)),
        ])
    }
}
