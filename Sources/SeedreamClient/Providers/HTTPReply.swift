import AtomicFiles
package import HTTPTypes
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A reply that was read to its end.
package struct HTTPReply: Sendable {
    /// Status code and header fields.
    package var head: HTTPResponse
    /// The body. Of an inline result, each long text is replaced by `inline:N`, the index into ``inline``.
    package var body: [UInt8]
    /// Files that the long texts of an inline result were decoded into, in the order of the body.
    package var inline: [InlinePart]

    package init(head: HTTPResponse, body: [UInt8], inline: [InlinePart] = []) {
        self.head = head
        self.body = body
        self.inline = inline
    }

    /// The status code.
    package var status: Int { head.status.code }
    /// Whether the status code is 200 to 299.
    package var isSuccess: Bool { (200...299).contains(status) }
    /// The body as JSON; `nil` if it is none.
    package var json: JSONValue? { try? JSONValue(parsing: body) }

    /// The value of a header field, by its name in any case.
    package func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }

    /// Where the picture in a text of the body lies: behind a URL, or, for `inline:N`, in the file that it was decoded into. `nil` for
    /// anything else, the empty text included.
    package func location(_ text: String?) -> GeneratedImage.Location? {
        guard let text, !text.isEmpty else { return nil }
        if text.hasPrefix("inline:"), let index = Int(text.dropFirst(7)), inline.indices.contains(index) {
            return .file(inline[index].path)
        }
        return text.hasPrefix("https://") || text.hasPrefix("http://") ? .url(text) : nil
    }

    /// Removes the files of the reply that a result does not name: AIML sends each picture twice, and what cannot be read names none.
    package func removeInline(except result: GenerationResult? = nil) {
        let kept = Set(result?.images.map(\.location) ?? [])
        for part in inline where !kept.contains(.file(part.path)) {
            unlink(part.path)
        }
    }
}
