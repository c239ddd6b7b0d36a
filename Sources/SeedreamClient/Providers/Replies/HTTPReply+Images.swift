import Pixels
package import SeedreamModel

/// Finds images in a reply in all known forms: `url`, `b64_json`, nested objects, a list, or a
/// single image. A paid image must not be lost because of a member's name.
extension HTTPReply {
    /// The names of members that hold one image.
    private static let imageNames = [
        "url", "b64_json", "image_url", "image", "file_data", "base64", "file_url", "download_url", "uri",
        "src",
        "file", "data",
    ]
    /// The names of members that hold the images of a result, or an object with such a member. No
    /// input has one of these names; some providers repeat the inputs.
    private static let listNames = [
        "images", "data", "result", "results", "output", "outputs", "urls", "image", "response", "payload",
        "artifacts", "generations", "predictions",
    ]
    /// The maximum number of messages about items without an image. Lists can be arbitrarily long.
    private static let maximumLines = 20
    /// The maximum nesting depth.
    private static let maximumDepth = 4

    /// Returns the location of the image that a text refers to: a URL or, for `inline:N`, the file
    /// that it was decoded into. Returns `nil` for other text and for an empty text.
    package func location(_ text: String?) -> GeneratedImage.Location? {
        guard let text, !text.isEmpty else { return nil }
        if text.hasPrefix("inline:"), let index = Int(text.dropFirst(7)), inline.indices.contains(index) {
            return .file(inline[index].path)
        }
        return ResultURL.absolute(text, from: url).map { .url($0) }
    }

    /// Returns the image in a text or an object of a result.
    func image(in item: JSONValue, depth: Int = 0) -> GeneratedImage? {
        if let text = item.string { return location(text).map { GeneratedImage(location: $0) } }
        guard item.object != nil, depth < Self.maximumDepth else { return nil }
        for name in Self.imageNames {
            let inner = item[name].flatMap { $0.array?.count == 1 ? $0[0] : $0 }
            guard let inner, var image = image(in: inner, depth: depth + 1) else { continue }
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

    /// Returns the images of a list, and a message for each item without one.
    func images(in items: [JSONValue]) -> (images: [GeneratedImage], failures: [String]) {
        var result: (images: [GeneratedImage], failures: [String]) = ([], [])
        var without = 0
        for (index, item) in items.enumerated() {
            if let image = image(in: item) {
                result.images.append(image)
            } else {
                without += 1
                guard without <= Self.maximumLines else { continue }
                result.failures.append("image \(index + 1) of \(items.count) has neither a URL nor an image")
            }
        }
        if without > Self.maximumLines {
            result.failures.append("\(without - Self.maximumLines) more have neither a URL nor an image")
        }
        return result
    }

    /// Returns the images of a reply: from the first of the named members that has any, else from
    /// any other place.
    ///
    /// - Parameters:
    ///   - names: The documented members.
    ///   - json: The part of the reply to search. Default: the whole reply.
    func images(
        under names: [String], of json: JSONValue? = nil
    ) -> (images: [GeneratedImage], failures: [String]) {
        guard let json = json ?? self.json else { return fromFiles }
        for name in names {
            if let items = json[name]?.array, case let found = images(in: items), !found.images.isEmpty {
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
            let found = images(in: items)
            return found.images.isEmpty ? nil : found
        }
        guard depth < Self.maximumDepth else { return nil }
        for name in Self.listNames {
            if let inner = json[name], !inner.isNull, let found = anywhere(in: inner, depth: depth + 1) {
                return found
            }
        }
        return image(in: json).map { ([$0], []) }
    }

    /// The images that were decoded from the body, regardless of the members that held them.
    private var fromFiles: (images: [GeneratedImage], failures: [String]) {
        (inline.map { GeneratedImage(location: .file($0.path), contentType: $0.contentType) }, [])
    }
}

/// Converts URLs that browsers accept into valid ones.
enum ResultURL {
    /// Returns the absolute URL; `nil` if the text is not a URL.
    ///
    /// Spaces and non-ASCII characters are percent-encoded, the scheme may be in capitals or
    /// missing before `//`, and a path is relative to the requested origin.
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
            // Browsers remove line breaks and tabs.
            case 0x09, 0x0A, 0x0D: continue
            case 0x21...0x7E where byte != UInt8(ascii: "\\"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
