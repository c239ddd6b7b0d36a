#if Client
import NIOCore
import NIOHTTP1

/// Rejects replies that are not valid HTTP/1.1 before AsyncHTTPClient sees them.
///
/// AsyncHTTPClient 1.37 treats every status below 200 as an informational head. It then meets a
/// body without a head, and a failed precondition ends the process (`HTTPRequestStateMachine`). A
/// server must not be able to cause that.
///
/// The guard also normalizes `Content-Encoding` so that NIO's decompressor, next in the pipeline,
/// interprets it correctly.
final class ReplyGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// The defect of a reply, on one line.
    struct Refusal: Error {
        let message: String
    }

    /// The maximum number of informational heads before a reply; our choice. curl and Go allow a
    /// few dozen kilobytes of them.
    static let maximumInformational = 32

    private var informational = 0
    private var hasHead = false
    private var isRefused = false

    /// Adds a guard to a connection of AsyncHTTPClient, directly after the HTTP decoder.
    static func install(on channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(ReplyGuard(), position: .after(decoder))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            if let message = objection(to: head) { return refuse(context, message) }
            Self.normalizeEncoding(of: &head)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            guard hasHead else { return refuse(context, "expected a reply, found a body without a head") }
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            guard hasHead else { return refuse(context, "expected a reply, found the end of one") }
            (hasHead, informational) = (false, 0)
            context.fireChannelRead(wrapInboundOut(.end(trailers)))
        }
    }

    private func objection(to head: HTTPResponseHead) -> String? {
        if head.version.major != 1 {
            return "expected HTTP/1.1, found HTTP/\(head.version.major).\(head.version.minor)"
        }
        if hasHead { return "expected the end of a reply, found another" }
        switch head.status.code {
        case 101: return "expected a reply, found status 101 (switching protocols)"
        case 100...199:
            informational += 1
            return informational > Self.maximumInformational
                ? "expected at most \(Self.maximumInformational) informational replies, found more" : nil
        case 200...999: break
        default: return "expected a status from 100 to 999, found \(head.status.code)"
        }
        let codings = head.headers[canonicalForm: "Transfer-Encoding"].map { $0.lowercased() }
        guard codings.isEmpty || codings == ["chunked"] else {
            return "expected the transfer coding chunked, found another"
        }
        hasHead = true
        return nil
    }

    private func refuse(_ context: ChannelHandlerContext, _ message: String) {
        isRefused = true
        context.fireErrorCaught(Refusal(message: message))
        context.close(promise: nil)
    }

    /// Writes the effective encoding in the spelling that NIO's decompressor knows. The
    /// decompressor considers only the first of several encodings, and takes a missing body for a
    /// truncated one.
    private static func normalizeEncoding(of head: inout HTTPResponseHead) {
        let name = "Content-Encoding"
        let written = head.headers[canonicalForm: name]
        guard head.headers.contains(name: name) else { return }
        let codings = written.map { $0.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        let isEmpty =
            [204, 304].contains(head.status.code) || head.headers.first(name: "Content-Length") == "0"
        head.headers.remove(name: name)
        guard !isEmpty, !codings.isEmpty else { return }
        let coding = codings.joined(separator: "+")
        head.headers.add(name: name, value: coding == "x-gzip" ? "gzip" : coding)
    }
}
#endif
