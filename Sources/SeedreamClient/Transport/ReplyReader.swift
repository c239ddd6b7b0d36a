import HTTPTypes

/// Reads a reply to its end, or up to a limit.
package struct ReplyReader: Sendable {
    /// The destination of the images of an inline result.
    package struct Spool: Hashable, Sendable {
        /// The folder. The caller that receives the reply removes the files.
        package var folder: String
        /// The maximum number of images, each of at most ``InlineExtractor/maximumImage`` bytes.
        package var images: Int

        package init(folder: String, images: Int) {
            self.folder = folder
            self.images = images
        }
    }

    /// The maximum length of the body in bytes, without images.
    package var maximum: Int
    /// The destination of images; `nil` if none are expected.
    package var spool: Spool?
    /// The requested URL.
    package var url: String?
    /// Removes the key from the reply.
    package var mask: KeyMask?

    package init(maximum: Int, spool: Spool? = nil, url: String? = nil, mask: KeyMask? = nil) {
        self.maximum = maximum
        self.spool = spool
        self.url = url
        self.mask = mask
    }

    /// Reads a reply and decodes the images inside it.
    ///
    /// An error reply is useful at any length, and providers quote requests in it. If the status is
    /// not a success, long strings are left out and the rest is truncated at the limit.
    ///
    /// - Throws: ``TransportError``; ``SpoolError``; `CancellationError`. No files remain in these
    ///   cases.
    package func read(_ reply: IncomingReply) async throws -> HTTPReply {
        let isSuccess = (200...299).contains(reply.head.status.code)
        if isSuccess, spool == nil, let length = reply.head.headerFields[.contentLength].flatMap({ Int($0) }),
            length > maximum
        {
            throw tooLarge
        }
        let extractor: InlineExtractor
        if !isSuccess {
            extractor = InlineExtractor(.elide, maximumText: maximum)
        } else if let spool, spool.images > 0 {
            let (most, overflows) = spool.images.multipliedReportingOverflow(
                by: InlineExtractor.maximumImage)
            extractor = InlineExtractor(
                .spool(folder: spool.folder, maximum: overflows ? .max : most), maximumText: maximum)
        } else {
            return made(reply.head, try await bytes(of: reply.body))
        }
        do {
            for try await piece in reply.body { try extractor.feed(piece) }
        } catch let error as TransportError where error.kind == .tooLarge && !isSuccess {
            return made(reply.head, extractor.text)
        } catch {
            extractor.discard()
            throw error
        }
        let (body, parts) = try extractor.finish()
        return made(reply.head, body, parts)
    }

    /// Returns the bytes of a body unchanged.
    ///
    /// - Throws: ``TransportError``; `CancellationError`.
    package func bytes(of pieces: ReplyBody) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await piece in pieces {
            guard body.count + piece.count <= maximum else { throw tooLarge }
            body += piece
        }
        return body
    }

    private func made(_ head: HTTPResponse, _ body: [UInt8], _ parts: [InlinePart] = []) -> HTTPReply {
        HTTPReply(head: head, body: body, inline: parts, url: url, mask: mask)
    }

    private var tooLarge: TransportError {
        TransportError(
            .tooLarge, mayHaveArrived: true,
            message: "expected at most \(maximum) bytes in the reply, found more")
    }
}
