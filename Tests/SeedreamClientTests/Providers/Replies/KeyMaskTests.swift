import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("the key is masked")
struct KeyMaskTests {
    private static let id = "canary-9f31c0de-key"
    private static let secret = "canary-77AA-se+cret/=x"
    private static let key = "\(id):\(secret)"
    private static let mask = KeyMask([key])

    private static func percent(_ text: String, all: Bool) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            return all || !scalar.properties.isAlphabetic ? String(format: "%%%02X", byte) : String(scalar)
        }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.utf16.map { String(format: "\\u%04x", $0) }.joined()
    }

    /// The forms in which a provider, or a server in front of it, may show a key.
    static let echoes: [(String, String)] = {
        let basic = Data("user:\(key)".utf8).base64EncodedString()
        let safe = basic.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        var rows: [(String, String)] = [
            ("plain", key), ("the id", id), ("the secret", secret), ("with a scheme", "Key \(key)"),
            ("in capitals", key.uppercased()), ("percent-encoded", percent(key, all: false)),
            ("wholly percent-encoded", percent(key, all: true)), ("in JSON escapes", escaped(key)),
            ("in JSON escapes of a document in a text", "\\" + escaped(secret)),
            ("for Basic", "Basic \(basic)"),
            ("as base64 of URLs", safe), ("twice", "\(key) and \(key)"), ("within words", "x\(secret)x"),
            ("in two lines", "\(secret.prefix(9))\n  \(secret.dropFirst(9))"),
        ]
        func each(_ text: String, _ change: (Character) -> String) -> String { text.map(change).joined() }
        func bytes(_ format: String) -> String { key.utf8.map { String(format: format, Int($0)) }.joined() }
        rows.append(("percent-encoded twice", percent(percent(key, all: true), all: false)))
        rows.append(("in HTML", key.replacingOccurrences(of: ":", with: "&colon;")))
        rows.append(("in numbers of HTML", bytes("&#%d;")))
        rows.append(("in numbers of HTML, hexadecimal", bytes("&#x%x;")))
        rows.append(("in hexadecimal", bytes("%02x")))
        rows.append(("as base64", Data(key.utf8).base64EncodedString()))
        rows.append(("as base64 at offset 1", Data("x\(key)y".utf8).base64EncodedString()))
        rows.append(("as base64 at offset 2", Data("xy\(key)".utf8).base64EncodedString()))
        let lines = stride(from: 0, to: basic.count, by: 20).map { String(basic.dropFirst($0).prefix(20)) }
        rows.append(("as base64 in lines", lines.joined(separator: "\n")))
        rows.append(("with spaces", each(key) { "\($0) " }))
        rows.append(("with zero-width spaces", each(key) { "\($0)\u{200B}" }))
        rows.append(("with soft hyphens", each(secret) { "\($0)\u{AD}" }))
        rows.append(("in a URL", "https://x.test/?k=\(percent(key, all: false))#a"))
        return rows
    }()

    /// Returns whether the key shows in the text, with everything decoded that a reader would
    /// decode.
    private static func shows(_ text: String) -> Bool {
        var text = text
        for _ in 0..<3 { text = text.removingPercentEncoding ?? text }
        let letters = text.lowercased().filter { $0.isASCII && !$0.isWhitespace }
        return [id, secret].contains { part in
            letters.contains(part.lowercased())
                || letters.contains(part.lowercased().dropFirst(2).dropLast(2))
        }
    }

    @Test("in any form", arguments: echoes)
    func forms(_ name: String, _ echo: String) throws {
        let masked = Self.mask.masked("before \(echo) after é")
        #expect(masked.contains(KeyMask.replacement), "\(name): \(masked)")
        #expect(masked.hasPrefix("before ") && masked.hasSuffix(" after é"), "\(name): \(masked)")
        #expect(!Self.shows(masked), "\(name): \(masked)")
        // Only the text around it is left.
        #expect(masked.count < 60 || echo.hasPrefix("https"), "\(name): \(masked)")
    }

    @Test("in every text and name of a document, and in header fields", arguments: echoes)
    func documents(_ name: String, _ echo: String) throws {
        let json: JSONValue = ["a": ["b": [.string(echo), 7, nil]], "c": .object([echo: "d"])]
        var head = HTTPResponse(status: .ok)
        if echo.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), let field = HTTPField.Name("x-fal-request-id") {
            head.headerFields[field] = echo
        }
        let reply = HTTPReply(head: head, body: json.bytes, mask: Self.mask)
        #expect(!Self.shows(reply.json?.text ?? ""))
        #expect(!Self.shows(reply.text))
        #expect(!Self.shows(reply.field("x-fal-request-id") ?? ""))
        #expect(reply.json?["a"]?["b"]?[1] == 7)
        // In a body that is not JSON, such as a page.
        let page = HTTPReply(head: head, body: Array("<html>\(echo)</html>".utf8), mask: Self.mask)
        #expect(!Self.shows(page.text))
    }

    @Test(
        "and nothing else is",
        arguments: [
            "sk-...abcd", "canary-9f31", "Incorrect API key provided: cana****cret",
            "https://v3.fal.media/files/a/b.png",
            "data:image/png;base64,iVBORw0KGgo=", "", "é", "100 % & more \\", "%", "&#;", "\\u00", "%4",
            "a\\",
        ])
    func others(_ text: String) { #expect(Self.mask.masked(text) == text) }

    @Test("if it has only a few letters, only as a separate word, and not in a URL")
    func short() {
        let mask = KeyMask(["abc"])
        #expect(mask.masked("the key abc is wrong") == "the key <key> is wrong")
        #expect(mask.masked("abcdef xabc") == "abcdef xabc")
        #expect(mask.masked("https://cdn.test/abc/1.png") == "https://cdn.test/abc/1.png")
    }

    @Test("in a body with a repeated name, and after the end of the JSON")
    func hidden() {
        let text = "{\"a\":\"\(Self.escaped(Self.key))\",\"a\":\"b\"}\n\(Self.key)"
        let reply = HTTPReply(head: .init(status: .ok), body: Array(text.utf8), mask: Self.mask)
        #expect(!Self.shows(reply.text) && !reply.text.contains("\\u0063"))
    }

    @Test("in a long text without delay", .timeLimit(.minutes(1)))
    func long() {
        let text = String(repeating: "canary-77aa %63 \\u0063 &amp; ", count: 8_000)
        #expect(Self.mask.masked(text) == text)
        #expect(Self.mask.masked(text + Self.key) == text + "<key>")
    }
}
