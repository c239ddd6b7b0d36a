import Pixels
import SeedreamModel

/// What Ark made: each item of `data` is a picture or an error.
struct ArkReply {
    var images: [GeneratedImage] = []
    var failures: [ArkFailure] = []
    /// What is said about items that are neither, and about those that failed.
    var lines: [String] = []
    var tokens: Int?
    /// Pictures that are billed, as the host counts them.
    var billed: Int?

    init(_ reply: HTTPReply, _ json: JSONValue?) {
        let items = json?["data"]?.array ?? []
        for (index, item) in items.enumerated() {
            if let failure = ArkFailure(item) {
                failures.append(failure)
                guard lines.count < 20 else { continue }
                lines.append("image \(index + 1) of \(items.count): \(failure.line)")
            } else if var picture = reply.picture(in: item) {
                if let text = item["size"]?.string, case .pixels(let size)? = OutputSize(text) {
                    picture.size = size
                }
                images.append(picture)
            } else {
                lines.append("image \(index + 1) of \(items.count) has neither a URL nor a picture")
            }
        }
        if images.isEmpty, failures.isEmpty { (images, lines) = reply.pictures(under: []) }
        tokens = json?["usage"]?["total_tokens"]?.integer
        billed = json?["usage"]?["generated_images"]?.integer
    }
}
