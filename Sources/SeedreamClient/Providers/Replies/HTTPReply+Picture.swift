import Pixels
import SeedreamModel

extension HTTPReply {
    /// The picture that an item of a result holds behind `url` or `b64_json`; an empty text counts as none.
    func picture(in item: JSONValue) -> GeneratedImage? {
        guard let location = location(item["url"]?.string) ?? location(item["b64_json"]?.string) else {
            return nil
        }
        var size: PixelSize?
        if let width = item["width"]?.integer, let height = item["height"]?.integer, width > 0, height > 0 {
            size = PixelSize(width: width, height: height)
        }
        let type = item["content_type"]?.string
        return GeneratedImage(
            location: location, contentType: type?.isEmpty == false ? type : nil, size: size,
            byteCount: item["file_size"]?.integer)
    }

    /// The pictures of a list, and what is said about the items that hold none.
    func pictures(in items: [JSONValue]) -> (images: [GeneratedImage], failures: [String]) {
        var result: (images: [GeneratedImage], failures: [String]) = ([], [])
        for (index, item) in items.enumerated() {
            if let picture = picture(in: item) {
                result.images.append(picture)
            } else {
                result.failures.append("image \(index + 1) of \(items.count) has neither a URL nor a picture")
            }
        }
        return result
    }
}
