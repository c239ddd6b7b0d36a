import Platform
import SeedreamModel

/// The images of a row: paths, URLs and data URIs.
extension ManifestChecks {
    func images() throws(ManifestComplaint) -> [String] {
        let hint = "write \"images\": [\"a.jpg\"], or \"images\": [] for text to image"
        switch fields[.images] {
        case nil, .json(.null)?:
            throw ManifestComplaint("images: expected a list, found none", hint: hint)
        case .cell(let text)?:
            if text.isEmpty { return [] }
            if text.lowercased().contains("data:") {
                throw ManifestComplaint(
                    "images: expected paths or URLs, found a data URI, whose ; would separate images",
                    hint: "name a file, or write the manifest as JSON Lines")
            }
            let parts = text.split(separator: ";", omittingEmptySubsequences: false)
            return try resolved(parts.map { Self.trimmed($0) })
        case .json(.array(let elements))?:
            var images: [String] = []
            for element in elements {
                guard case .string(let image) = element else {
                    throw ManifestComplaint(
                        "images: expected paths or URLs, found \(ManifestValue.json(element).shown)",
                        hint: hint)
                }
                images.append(image)
            }
            return try resolved(images)
        case let value?:
            throw ManifestComplaint("images: expected a list, found \(value.shown)", hint: hint)
        }
    }

    private func resolved(_ images: [String]) throws(ManifestComplaint) -> [String] {
        var resolved: [String] = []
        for image in images { resolved.append(try self.resolved(image)) }
        return resolved
    }

    private func resolved(_ image: String) throws(ManifestComplaint) -> String {
        try checkNoZero(image, .images)
        let lower = image.prefix(64).lowercased()
        if ["http://", "https://", "data:"].contains(where: lower.hasPrefix) { return image }
        if lower.hasPrefix("file:") { return try path(ofFileURL: image) }
        if image.isEmpty {
            throw ManifestComplaint(
                "images: expected paths or URLs, found an empty text", hint: "leave it out")
        }
        if image == "-" {
            throw ManifestComplaint(
                "images: expected paths or URLs, found - for standard input",
                hint: "name a file; write ./- for a file called -")
        }
        if Self.hasScheme(image) {
            throw ManifestComplaint(
                "images: expected a path or an http or https URL, found \(ManifestValue.quoted(image))",
                hint: "name a local file by its path, or give a URL that the provider can fetch")
        }
        if image.hasPrefix("/") || folder == "." { return image }
        return folder.hasSuffix("/") ? folder + image : "\(folder)/\(image)"
    }

    /// Returns the path of a `file:` URL of this machine (RFC 8089).
    private func path(ofFileURL url: String) throws(ManifestComplaint) -> String {
        let rest = url.dropFirst("file:".count)
        var path = rest
        if rest.hasPrefix("//") {
            let host = rest.dropFirst(2).prefix { $0 != "/" }
            path = rest.dropFirst(2 + host.count)
            guard host.isEmpty || host.lowercased() == "localhost" else {
                throw ManifestComplaint(
                    "images: expected a file of this machine, found \(ManifestValue.quoted(url))",
                    hint: "write file:///path, or the path alone")
            }
        }
        let (bytes, isValid) = PercentEncoding.decode(path.utf8)
        guard path.hasPrefix("/"), !path.contains("?"), !path.contains("#"), isValid else {
            throw ManifestComplaint(
                "images: expected file:///path, found \(ManifestValue.quoted(url))",
                hint: "write the path alone, or escape ?, # and % in it")
        }
        let decoded = PathText.text(bytes)
        try checkNoZero(decoded, .images)
        return decoded
    }

    /// Returns whether a text starts with a URL scheme: letters, digits and `+-.`, then `://`.
    private static func hasScheme(_ text: String) -> Bool {
        let scheme = text.utf8.prefix {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return !scheme.isEmpty && text.utf8[scheme.endIndex...].starts(with: "://".utf8)
    }
}
