package import HTTPTypes
import Platform
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A complete reply: parsed once, with the key removed.
package struct HTTPReply: Sendable {
    /// The status code and header fields.
    package let head: HTTPResponse
    /// The body as JSON, parsed by ``JSONValue/init(tolerating:)``; `nil` if it is not JSON. In an
    /// inline result, each image is replaced by `inline:N`, the index into ``inline``.
    package let json: JSONValue?
    /// The length of the body in bytes, without images.
    package let byteCount: Int
    /// The files that the images of an inline result were decoded into, in the order of the body.
    package var inline: [InlinePart]
    /// The requested URL, the base for relative URLs in the reply.
    package let url: String?
    /// Private, as it may contain the key.
    private let body: [UInt8]
    private let mask: KeyMask?

    /// Creates a reply and parses its body.
    ///
    /// - Parameters:
    ///   - url: The requested URL.
    ///   - mask: Removes the key.
    package init(
        head: HTTPResponse, body: [UInt8], inline: [InlinePart] = [], url: String? = nil, mask: KeyMask? = nil
    ) {
        self.head = mask?.masked(head) ?? head
        let parsed = (try? JSONValue(tolerating: body)) ?? Self.url(alone: body)
        json = mask.flatMap { mask in parsed.map { mask.masked($0) } } ?? parsed
        byteCount = body.count
        self.inline = inline
        self.url = url
        self.body = body
        self.mask = mask
    }

    /// The status code.
    package var status: Int { head.status.code }
    /// Whether the status code is 200 to 299.
    package var isSuccess: Bool { (200...299).contains(status) }

    /// Returns the value of a header field. The case of the name is ignored.
    package func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }

    /// The body as text, for a file that preserves it: without the key and without the images.
    package var text: String {
        if let json { return json.text }
        let text = String(decoding: body, as: UTF8.self)
        return mask?.masked(text) ?? text
    }

    /// The first URL in the body, to show to the user.
    package var firstURL: String? {
        let text = text.replacing("\\/", with: "/")
        guard let start = ["https://", "http://"].compactMap({ text.firstRange(of: $0)?.lowerBound }).min()
        else {
            return nil
        }
        return String(text[start...].prefix { $0.isASCII && !$0.isWhitespace && !"\"'<>\\".contains($0) })
    }

    /// Parses a body that consists of a URL only.
    private static func url(alone body: [UInt8]) -> JSONValue? {
        guard body.count <= 4096 else { return nil }
        let words = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, URLParts(String(words[0])) != nil else { return nil }
        return .string(String(words[0]))
    }

    /// Removes the files of the reply that the result does not refer to: AIML sends each image
    /// twice, and an unreadable reply refers to none.
    package func removeInline(except result: GenerationResult? = nil) {
        let kept = Set(result?.images.map(\.location) ?? [])
        for part in inline where !kept.contains(.file(part.path)) {
            unlink(part.path)
        }
    }
}

extension HTTPReply {
    /// The size and type of the body, without its content: `"an empty body"`, `"512 bytes of
    /// text/html"`.
    var outline: String {
        guard byteCount > 0 else { return "an empty body" }
        let type = (field("Content-Type") ?? "").prefix { $0 != ";" && $0 != " " }.prefix(64)
        return "\(byteCount) bytes of \(type.isEmpty ? "no stated type" : String(type))"
    }

    /// The wait that `Retry-After` asks for, in seconds; `nil` if the field is missing, or neither
    /// a number nor a date.
    var secondsToWait: Double? {
        RetryAfter.seconds(in: head.headerFields, now: Date().timeIntervalSince1970)
    }
}

/// A file that an inline image of a reply was decoded into, from base64, while the reply was read.
package struct InlinePart: Hashable, Sendable {
    /// The path of the file.
    package var path: String
    /// The length of the file in bytes.
    package var byteCount: Int
    /// The media type that the data URI stated; `nil` for bare base64.
    package var contentType: String?

    package init(path: String, byteCount: Int, contentType: String?) {
        self.path = path
        self.byteCount = byteCount
        self.contentType = contentType
    }
}
