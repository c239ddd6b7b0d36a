import Foundation
import ImagePreparation
import Platform
import SeedreamClient
import SeedreamKit
import TestSupport
import Testing

@Suite("page of a report")
struct ReportPageTests {
    /// Returns a page of these rows.
    static func page(_ rows: [ReportRow], title: String = "Rows") async throws -> ParsedPage {
        let folder = try TemporaryFolder()
        var report = Report(title: title)
        report.rows = rows
        try await report.write(to: folder.file("report.html"))
        return try ParsedPage(folder.file("report.html"))
    }

    // MARK: Text from outside

    /// Markup, quotes, ends of comments and of CDATA, bidirectional controls, NUL, a line
    /// separator, and a noncharacter.
    static let hostile =
        "<script>x</script><img src=x onerror=y> &amp; \"q\" 'q' ]]> <!-- \u{202E}\u{2066}\u{0}\u{1B}[31m\u{2028}\u{FFFE}\u{FFFF}"
    /// The text as shown on the page.
    static let shown =
        "<script>x</script><img src=x onerror=y> &amp; \"q\" 'q' ]]> <!-- \\u{202E}\\u{2066}\\u{0}\\u{1B}[31m\\u{2028}\\u{FFFE}\\u{FFFF}"

    /// A field for text from outside.
    struct Field: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var set: @Sendable (inout ReportRow, String) -> Void

        init(_ name: String, _ set: @escaping @Sendable (inout ReportRow, String) -> Void) {
            testDescription = name
            self.set = set
        }
    }

    static let fields = [
        Field("name") { $0.name = $1 },
        Field("before, name") { $0.before = [ReportImage(name: $1, content: .absent("-"))] },
        Field("after, reason") { $0.after = [ReportImage(name: "a", content: .absent($1))] },
        Field("before, format") { row, text in
            var image = ReportImage(name: "a", content: .absent("-"))
            image.format = text.uppercased()
            row.before = [image]
        },
        Field("reason") { $0.reasons = [$1] },
        Field("notice") { $0.notices = [$1] },
        Field("failure") { $0.failure = .init(message: $1) },
        Field("hint") { $0.failure = .init(message: "-", hint: $1) },
        Field("prompt") { $0.prompt = $1 },
        Field("job") { $0.jobID = $1 },
        Field("request") { $0.requestID = $1 },
        Field("label") { $0.facts = [.init($1, "-")] },
        Field("value") { $0.facts = [.init("-", $1)] },
    ]

    @Test("shows markup, quotes and controls as text, in each field", arguments: fields)
    func escaping(_ field: Field) async throws {
        var row = ReportRow(name: "row", state: .failed)
        field.set(&row, Self.hostile)
        let page = try await Self.page([row])
        Self.checkHarmless(page)
        let body = try #require(page.all("table").first)
        #expect(body.text.lowercased().contains(Self.shown.lowercased()), "\(body.text)")
    }

    @Test("shows markup in the title, and in the name and alternative text of an image, as text")
    func escapedImage() async throws {
        let bytes = try Fixtures.bytes("formats/reference-64x48.png")
        var row = ReportRow(name: "row", state: .done)
        row.before = [ReportImage(name: Self.hostile, content: .input(.bytes(bytes, name: Self.hostile)))]
        let page = try await Self.page([row], title: Self.hostile)
        Self.checkHarmless(page, images: 1)
        #expect(page.all("title").first?.text == Self.shown)
        #expect(page.all("h1").first?.text == Self.shown)
        #expect(
            page.all("img").first?.attributes["alt"] == "Before: \(Self.shown), 64\u{A0}×\u{A0}48\u{A0}px")
    }

    private static func checkHarmless(_ page: ParsedPage, images: Int = 0) {
        #expect(page.all("script").isEmpty)
        #expect(page.all("img").count == images)
        #expect(
            !page.elements.contains { element in element.attributes.keys.contains { $0.hasPrefix("on") } })
        for scalar in ["\u{202E}", "\u{2066}", "\u{0}", "\u{1B}", "\u{2028}", "\u{FFFE}", "\u{FFFF}"] {
            #expect(!page.source.unicodeScalars.contains(Unicode.Scalar(scalar) ?? " "))
        }
    }

    @Test("keeps the line breaks of a prompt, and states how much of a very long one is hidden")
    func prompt() async throws {
        var row = ReportRow(name: "row", state: .done)
        row.prompt = "first\r\nsecond\nthird"
        #expect(try await Self.page([row]).all("blockquote").first?.text == "first\nsecond\nthird")
        row.prompt = String(repeating: "é", count: 2001)
        let shown = String(repeating: "é", count: 2000) + "… (1 more characters)"
        #expect(try await Self.page([row]).all("blockquote").first?.text == shown)
    }

    // MARK: Structure

    @Test("needs no script, fetches nothing, and names its columns and rows")
    func structure() async throws {
        var row = ReportRow(name: "dog.jpg", state: .done)
        row.before = [ReportImage(file: Fixtures.path("shapes/phone-1.jpg"))]
        let page = try await Self.page([row, ReportRow(name: "cat.jpg", state: .unknown)])
        #expect(page.source.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\""))
        #expect(page.all("script").isEmpty && page.all("link").isEmpty && page.all("iframe").isEmpty)
        let policy = page.all("meta").map(\.attributes).filter { $0["http-equiv"] != nil }
        #expect(
            policy.first?["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'")
        let columns = page.all("th").filter { $0.attributes["scope"] == "col" }
        #expect(columns.map(\.text) == ["Row", "Before", "After", "Details"])
        let rows = page.all("th").filter { $0.attributes["scope"] == "row" }
        #expect(
            rows.map { $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") } == [
                "2 cat.jpg ? unknown", "1 dog.jpg ✓ done",
            ])
        let image = try #require(page.all("img").first)
        #expect(image.attributes["src"]?.hasPrefix("data:image/jpeg;base64,") == true)
        #expect(
            image.attributes["alt"]
                == "Before: \(Fixtures.path("shapes/phone-1.jpg")), 1280\u{A0}×\u{A0}960\u{A0}px")
        #expect(
            page.all("figcaption").first?.text.hasSuffix(
                "phone-1.jpg1280\u{A0}×\u{A0}960\u{A0}px · JPEG · 22\u{A0}kB") == true)
    }

    @Test("shows each state by a word and a separate sign")
    func states() async throws {
        let states = ReportRow.State.allCases
        let page = try await Self.page(states.map { ReportRow(name: $0.rawValue, state: $0) })
        let badges = page.all("th").filter { $0.attributes["scope"] == "row" }
            .compactMap { $0.text.split(whereSeparator: \.isWhitespace).suffix(2) }
        #expect(Set(badges.map(\.first)).count == states.count)
        #expect(Set(badges.map(\.last)) == Set(states.map { Substring($0.rawValue) }))
    }

    @Test("has a contrast of at least 4.5 for every text, in light and in dark")
    func contrast() throws {
        let blocks = ReportStyle.colors.components(separatedBy: "@media")
        #expect(blocks.count == 2)
        for block in blocks {
            let colors = Dictionary(
                uniqueKeysWithValues: block.matches(of: /--([a-z-]+): (#[0-9a-f]{6});/).map {
                    (String($0.1), String($0.2))
                })
            #expect(colors.count == 16)
            for (text, ground) in ReportStyle.readings {
                let pair = (Self.luminance(colors[text]), Self.luminance(colors[ground]))
                let ratio = (max(pair.0, pair.1) + 0.05) / (min(pair.0, pair.1) + 0.05)
                #expect(ratio >= 4.5, "\(text) on \(ground): \(ratio)")
            }
        }
    }

    /// Returns the relative luminance after WCAG 2.2.
    private static func luminance(_ color: String?) -> Double {
        guard let value = color.flatMap({ UInt32($0.dropFirst(), radix: 16) }) else { return .nan }
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double(value >> shift & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    // MARK: Selection

    @Test("shows failed rows, then unknown ones, then the first 1,000 others, and counts the rest")
    func selection() async throws {
        var rows = (1...1003).map { ReportRow(name: "done-\($0)", state: .done) }
        rows.insert(ReportRow(name: "unknown", state: .unknown), at: 500)
        rows += [ReportRow(name: "failed", state: .failed)]
        let page = try await Self.page(rows)
        let names = page.all("bdi", "name").map(\.text)
        #expect(names == ["failed", "unknown"] + (1...1000).map { "done-\($0)" })
        #expect(
            page.all("p", "remark").first?.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                == "This page shows all failed and unknown rows, and the first 1000 of the others. 3 rows are left out; the counts above cover all 1005."
        )
        #expect(page.all("ul", "counts").first?.text == "1005 rows✕ 1 failed? 1 unknown✓ 1003 done")
        #expect(try await Self.page(Array(rows[501..<1003])).all("p", "remark").isEmpty)
    }

    @Test("is complete without rows")
    func empty() async throws {
        let page = try await Self.page([])
        #expect(page.all("td").map(\.text) == ["No rows."])
    }

    // MARK: The file

    @Test("is readable by its owner alone, and replaces a file only on request")
    func existing() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("report.html")
        try await Report(title: "first").write(to: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let error = await #expect(throws: SaveError.self) {
            try await Report(title: "second").write(to: path)
        }
        #expect(error?.message == "\(path): file exists")
        #expect(try ParsedPage(path).all("title").map(\.text) == ["first"])
        try await Report(title: "second").write(to: path, replacing: true)
        #expect(try ParsedPage(path).all("title").map(\.text) == ["second"])
        #expect(try folder.names() == ["report.html"])
        let other = await #expect(throws: SaveError.self) {
            try await Report(title: "third").write(to: folder.path, replacing: true)
        }
        #expect(other?.path == folder.path)
    }

    @Test(
        "links files of any name by their paths from the page's folder",
        arguments: [
            "a b.jpg", "a#b?c=d&e.jpg", "100%.jpg", "%41.jpg", "狗在帽子里.jpg", "كلب.jpg", "a:b.jpg",
            "a\"'<b>.jpg",
            "sub/../x.jpg", "-.jpg", "a\nb.jpg", "~.jpg", "Ä+ö.jpg",
        ].map { Array($0.utf8) } + [[0xE9, 0x2E, 0x6A, 0x70, 0x67], [0x61, 0xFF, 0xFE]])
    func links(_ name: [UInt8]) async throws {
        let folder = try TemporaryFolder()
        for part in ["pages/today", "images/sub"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(part), withIntermediateDirectories: true)
        }
        let path = PathText.text(Array("\(folder.path)/images/".utf8) + name)
        let file = try AtomicFile(in: folder.file("images"))
        try file.write(Fixtures.bytes("formats/reference-64x48.png"))
        try file.publish(as: path)
        var row = ReportRow(name: "row", state: .done)
        row.before = [ReportImage(file: path)]
        var report = Report(title: "links")
        report.rows = [row]
        try await report.write(to: folder.file("pages/today/report.html"))
        let page = try ParsedPage(folder.file("pages/today/report.html"))
        let links = page.all("a").compactMap { $0.attributes["href"] }.filter { !$0.hasPrefix("#") }
        #expect(links.count == 2 && Set(links).count == 1)
        let link = try #require(links.first)
        #expect(link.hasPrefix("../../images/"))
        #expect(link.utf8.allSatisfy { Self.plain.contains($0) })
        // The bytes that a browser asks the system for.
        let asked = Array("\(folder.path)/pages/today/".utf8) + Self.decoded(link)
        #expect(fileStatus(PathText.text(asked))?.st_ino == fileStatus(path)?.st_ino)
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%".utf8)

    private static func decoded(_ link: String) -> [UInt8] {
        var (bytes, rest) = ([UInt8](), Array(link.utf8)[...])
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
