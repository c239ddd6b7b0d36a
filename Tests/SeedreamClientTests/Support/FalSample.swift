import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel

/// Values for the tests of fal.
enum FalSample {
    static let fal = FalProvider()
    static let context = RequestContext(endpoints: .standard(.fal))
    /// The magic bytes of a PNG: `iVBORw0KGgo=` as base64.
    static let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Returns an image of `byteCount` bytes that starts with the magic bytes.
    static func picture(
        byteCount: Int = 8, size: PixelSize = PixelSize(width: 1280, height: 960),
        mediaType: MediaType = .png
    ) -> PreparedImage {
        let bytes = EncodedBytes(count: byteCount) { target in
            target.copyBytes(from: magic.prefix(byteCount))
            for index in magic.count..<max(byteCount, magic.count) { target[index] = 0 }
        }
        return PreparedImage(
            index: 0, position: 1,
            source: SourceFacts(
                name: "a.png", format: "png", width: size.width, height: size.height, orientation: 1,
                bytes: byteCount, colorProfile: nil, colorOrigin: nil, alpha: false, colorModel: "rgb",
                bitDepth: 8, chromaSubsampling: nil, progressive: false, frames: 1, quality: nil),
            action: .passThrough, reasons: [], notices: [], checked: .structure, isIdentical: true,
            mediaType: mediaType, size: size, bytes: bytes)
    }

    /// Returns a request with `count` images.
    static func request(
        images: Int = 1, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) -> GenerationRequest {
        var request = GenerationRequest(
            prompt: "put the dog in a hat", images: (0..<images).map { _ in .prepared(picture()) })
        change(&request)
        return request
    }

    /// Returns the draft of a request whose images are sent as data URIs.
    static func draft(
        _ request: GenerationRequest, lenient: Bool = false, in context: RequestContext = context,
        _ options: (inout FalOptions) -> Void = { _ in }
    ) throws(RequestError) -> RequestDraft {
        var context = context
        context.isLenient = lenient
        options(&context.options.fal)
        let images: [ImageReference] = request.images.map { image in
            switch image {
            case .prepared(let picture): .dataURI(picture.dataURI)
            case .remote(let url): .url(url)
            }
        }
        return try fal.draft(request, images: images, in: context)
    }

    /// Returns a body as it is sent.
    static func text(_ body: RequestBody) -> String {
        var reader = body.makeReader()
        var bytes = [UInt8](repeating: 0, count: body.length + 64)
        var count = 0
        bytes.withUnsafeMutableBytes { buffer in
            while case let read = reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])),
                read > 0
            {
                count += read
            }
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Returns a reply.
    static func reply(
        _ status: Int, _ body: String = "", _ fields: [String: String] = [:], inline: [InlinePart] = []
    ) -> HTTPReply {
        var head = HTTPResponse(status: .init(code: status))
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { head.headerFields[name] = value }
        }
        return HTTPReply(head: head, body: Array(body.utf8), inline: inline)
    }

    /// Returns the value of a header field; `nil` if it is missing.
    static func field(_ name: String, _ fields: HTTPFields) -> String? {
        HTTPField.Name(name).flatMap { fields[$0] }
    }
}
