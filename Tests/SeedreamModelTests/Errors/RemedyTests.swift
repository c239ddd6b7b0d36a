import Foundation
import SeedreamModel
import Testing

@Suite("remedies")
struct RemedyTests {
    private static let remedy: Remedy = """
        crop the image, \(.verb) \(.fit(.pad)) or \(.maximumAspectRatio(4)) if \("your provider") takes \(1) of \
        them, then \(.resume)
        """

    private static let menu = Remedy.Wording { part in
        switch part {
        case .words: "never asked for"
        case .verb: "choose"
        case .setting(.fit): "Add Bands"
        case .setting: "Any Shape"
        case .action: "press Go On"
        }
    }

    @Test("use the Swift names by default")
    func library() {
        #expect(
            "\(Self.remedy)" == """
                crop the image, set `fit = .pad` or `maximumAspectRatio = 4` if your provider takes 1 of them, \
                then `SeedreamClient.resume`
                """)
    }

    @Test("use a program's names, for one text and for all that a task reads")
    func wordings() async throws {
        let said =
            "crop the image, choose Add Bands or Any Shape if your provider takes 1 of them, then press Go On"
        #expect(Self.remedy.text(in: Self.menu) == said)
        let texts = try await Remedy.$wording.withValue(Self.menu) {
            async let child = "\(Self.remedy)"
            let json = String(decoding: try JSONEncoder().encode([Self.remedy]), as: UTF8.self)
            return [await child, json]
        }
        #expect(texts == [said, "[\"\(said)\"]"])
        #expect("\(Self.remedy)" != said)
    }

    @Test("are text in JSON, and are read back as words")
    func coding() throws {
        let json = try JSONEncoder().encode(["hint": Self.remedy])
        let read = try JSONDecoder().decode([String: Remedy].self, from: json)
        #expect(read == ["hint": Remedy(String(describing: Self.remedy))])
    }

    @Test("nest in other sentences")
    func nesting() {
        let inner: Remedy = "\(.verb) \(.price)"
        let outer: Remedy = "wait, or \(inner); then \(.listJobs)"
        #expect(
            outer.parts == [
                .words("wait, or "), .verb, .words(" "), .setting(.price), .words("; then "),
                .action(.listJobs),
            ])
        #expect(Remedy("").parts.isEmpty)
    }
}
