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

    package init(maximum: Int, spool: Spool? = nil) {
        self.maximum = maximum
        self.spool = spool
    }

    /// Reads a reply.
    ///
    /// A refusal is worth reading however long it is, and hosts quote requests in them: of a reply whose status is none of success, long
    /// strings are left out, and what is too much is cut.
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
            extractor = InlineExtractor(
                .spool(
                    folder: spool.folder, maximum: spool.pictures * InlineExtractor.maximumPicture),
                maximumText: maximum)
        } else {
            return HTTPReply(head: reply.head, body: try await readPlain(reply.body))
        }
        do {
            for try await piece in reply.body { try extractor.feed(piece) }
        } catch let error as TransportError where error.kind == .tooLarge && !isSuccess {
            return HTTPReply(head: reply.head, body: extractor.text)
        } catch {
            extractor.discard()
            throw error
        }
        let (body, parts) = try extractor.finish()
        return HTTPReply(head: reply.head, body: body, inline: parts)
    }

    private func readPlain(_ pieces: ReplyBody) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await piece in pieces {
            guard body.count + piece.count <= maximum else { throw tooLarge }
            body += piece
        }
        return body
    }

    private var tooLarge: TransportError {
        TransportError(
            .tooLarge, mayHaveArrived: true,
            message: "expected at most \(maximum) bytes in the reply, found more")
    }
}
