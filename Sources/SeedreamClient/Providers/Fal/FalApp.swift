/// The id of an application at fal, taken apart: `{namespace/}owner/alias{/path}`.
///
/// - SeeAlso: `contracts/providers.md`, section 2.2; `AppId` of the official Python client.
struct FalApp: Hashable, Sendable {
    /// As a URL has it; the legacy `12345-name` is written `12345/name`.
    let id: String
    /// What jobs are asked about under: without the path.
    let root: String

    private static let namespaces: Set<Substring> = ["workflows", "comfy"]

    /// Takes an id apart; `nil` where it has no owner and alias, or holds what no id does and a URL
    /// would read otherwise.
    init?(_ text: String) {
        var segments = text.split(separator: "/", omittingEmptySubsequences: false)
        if segments.count == 1, let dash = text.firstIndex(of: "-"), dash > text.startIndex,
            text[..<dash].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            segments = [text[..<dash], text[text.index(after: dash)...]]
        }
        guard segments.allSatisfy(Self.isPlain) else { return nil }
        let count = segments.first.map(Self.namespaces.contains) == true ? 3 : 2
        guard segments.count >= count else { return nil }
        id = segments.joined(separator: "/")
        root = segments.prefix(count).joined(separator: "/")
    }

    private static func isPlain(_ segment: Substring) -> Bool {
        let isMadeOfWords = segment.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
        return isMadeOfWords && !segment.isEmpty && segment != "." && segment != ".."
    }
}
