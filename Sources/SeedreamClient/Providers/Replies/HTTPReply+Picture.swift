import Pixels
package import SeedreamModel

/// Where a provider has put its images, in whatever of the known forms: `url`, `b64_json`, an
/// object within an object, a list or one alone. What is paid for is not lost for a name.
extension HTTPReply {
    /// Names of members that hold one image.
    private static let imageNames = [
        "url", "b64_json", "image_url", "image", "file_data", "base64", "file_url", "download_url", "uri",
        "src",
        "file", "data",
    ]
    /// Names of members that hold the images of a result, or an object that has such a member. None
    /// is a name of an input, which some providers repeat.
    private static let listNames = [
        "images", "data", "result", "results", "output", "outputs", "urls", "image", "response", "payload",
        "artifacts", "generations", "predictions",
    ]
    /// Lines about items without an image, of a list that may be as long as the provider likes.
    private static let maximumLines = 20
    /// Objects within each other that are looked into.
    private static let maximumDepth = 4

    /// Where the image in a text of the body lies: behind a URL, or, for `inline:N`, in the file
    /// that it was decoded into. `nil` for anything else, the empty text included.
    package func location(_ text: String?) -> GeneratedImage.Location? {
        guard let text, !text.isEmpty else { return nil }
        if text.hasPrefix("inline:"), let index = Int(text.dropFirst(7)), inline.indices.contains(index) {
            return .file(inline[index].path)
        }
        return ResultURL.absolute(text, from: url).map { .url($0) }
    }

    /// The image that a text or an object of a result holds.
    func picture(in item: JSONValue, depth: Int = 0) -> GeneratedImage? {
        if let text = item.string { return location(text).map { GeneratedImage(location: $0) } }
        guard item.object != nil, depth < Self.maximumDepth else { return nil }
        for name in Self.imageNames {
            let inner = item[name].flatMap { $0.array?.count == 1 ? $0[0] : $0 }
            guard let inner, var image = picture(in: inner, depth: depth + 1) else { continue }
            if let width = item["width"]?.integer, let height = item["height"]?.integer, width > 0, height > 0
            {
                image.size = PixelSize(width: width, height: height)
            }
            let type = item["content_type"]?.string ?? item["mime_type"]?.string
            if let type, !type.isEmpty { image.contentType = type }
            image.byteCount = item["file_size"]?.integer ?? image.byteCount
            if let text = item["revised_prompt"]?.string, !text.isEmpty { image.revisedPrompt = text }
            return image
        }
        return nil
    }

    /// The images of a list, and what is said about the items that hold none.
    func pictures(in items: [JSONValue]) -> (images: [GeneratedImage], failures: [String]) {
        var result: (images: [GeneratedImage], failures: [String]) = ([], [])
        var without = 0
        for (index, item) in items.enumerated() {
            if let picture = picture(in: item) {
                result.images.append(picture)
            } else {
                without += 1
                guard without <= Self.maximumLines else { continue }
                result.failures.append("image \(index + 1) of \(items.count) has neither a URL nor a picture")
            }
        }
        if without > Self.maximumLines {
            result.failures.append("\(without - Self.maximumLines) more have neither a URL nor a picture")
        }
        return result
    }

    /// The images of a reply, from the first of some members that has any, or else from wherever
    /// they are.
    ///
    /// - Parameters:
    ///   - names: Where the documents have them.
    ///   - json: The part of the reply to look into; all of it by default.
    func pictures(
        under names: [String], of json: JSONValue? = nil
    ) -> (images: [GeneratedImage], failures: [String]) {
        guard let json = json ?? self.json else { return fromFiles }
        for name in names {
            if let items = json[name]?.array, case let found = pictures(in: items), !found.images.isEmpty {
                return found
            }
        }
        if let found = anywhere(in: json, depth: 0) { return found }
        return fromFiles
    }

    private func anywhere(
        in json: JSONValue, depth: Int
    ) -> (images: [GeneratedImage], failures: [String])? {
        if let items = json.array {
            let found = pictures(in: items)
            return found.images.isEmpty ? nil : found
        }
        guard depth < Self.maximumDepth else { return nil }
        for name in Self.listNames {
            if let inner = json[name], !inner.isNull, let found = anywhere(in: inner, depth: depth + 1) {
                return found
            }
        }
        return picture(in: json).map { ([$0], []) }
    }

    /// What was decoded from the body, under whatever name it stood there.
    private var fromFiles: (images: [GeneratedImage], failures: [String]) {
        (inline.map { GeneratedImage(location: .file($0.path), contentType: $0.contentType) }, [])
    }
}

/// Makes URLs that can be called of those that browsers understand.
enum ResultURL {
    /// The absolute URL; `nil` for a text that is none.
    ///
    /// Spaces and characters beyond ASCII are percent-encoded, the scheme may be in capitals or
    /// left out before `//`, and a path belongs to the origin that was called.
    static func absolute(_ text: String, from base: String?) -> String? {
        let origin = base.flatMap { URLParts($0) }
        var url = encoded(text)
        if let end = url.firstRange(of: "://")?.lowerBound {
            let scheme = url[..<end].lowercased()
            guard scheme == "https" || scheme == "http" else { return nil }
            url = scheme + url[end...]
        } else if url.hasPrefix("//") {
            url = "\(origin?.scheme ?? "https"):\(url)"
        } else if url.hasPrefix("/"), let origin {
            url = "\(origin.scheme)://\(origin.authority)\(url)"
        } else {
            return nil
        }
        return url
    }

    private static func encoded(_ text: String) -> String {
        let trimmed = text.utf8.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        var result = ""
        for byte in trimmed {
            switch byte {
            // Browsers leave out line breaks and tabs.
            case 0x09, 0x0A, 0x0D: continue
            case 0x21...0x7E where byte != UInt8(ascii: "\\"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
