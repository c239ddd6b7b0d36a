import HTTPTypes

/// Reads a reply to its end, or to the end of what is allowed.
package struct ReplyReader: Sendable {
    /// Where the pictures of an inline result go.
    package struct Spool: Hashable, Sendable {
        /// The folder; whoever gets the reply removes the files.
        package var folder: String
        /// How many pictures of ``InlineExtractor/maximumPicture`` bytes there may be.
        package var pictures: Int

        package init(folder: String, pictures: Int) {
            self.folder = folder
            self.pictures = pictures
        }
    }

    /// The most bytes of the body, pictures left out.
    package var maximum: Int
    /// Where pictures go; `nil` where none are expected.
    package var spool: Spool?
    /// The URL that was called.
    package var url: String?
    /// What takes the key out of what is read.
    package var mask: KeyMask?

    package init(maximum: Int, spool: Spool? = nil, url: String? = nil, mask: KeyMask? = nil) {
        self.maximum = maximum
        self.spool = spool
        self.url = url
        self.mask = mask
    }

    /// Reads a reply.
    ///
    /// A refusal is worth reading however long it is, and hosts quote requests in them: of a reply
    /// whose status is none of success, long strings are left out, and what is too much is cut.
    ///
    /// - Throws: ``TransportError``; ``SpoolError``; `CancellationError`. No file is left then.
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
        } else if let spool, spool.pictures > 0 {
            let (most, overflows) = spool.pictures.multipliedReportingOverflow(
                by: InlineExtractor.maximumPicture)
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

    /// The bytes of a body as they are.
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
