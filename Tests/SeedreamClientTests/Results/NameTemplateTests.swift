import SeedreamClient
import SeedreamCommand
import SeedreamModel
import Testing

@Suite("file name templates")
struct NameTemplateTests {
    private func name(
        _ template: String, index: Int = 0, count: Int = 1, seed: Int? = 42, request: String = "764cabcf",
        source: String? = "photos/dog.jpg"
    ) throws -> String {
        try NameTemplate(template).name(
            NameTemplate.Values(index: index, count: count, seed: seed, request: request, source: source))
    }

    @Test(
        "have their placeholders filled in",
        arguments: [
            ("{source}-{index}", "dog-1"), ("{index}", "1"), ("{seed}_{request}", "42_764cabcf"),
            ("hat", "hat"), ("a {source} b", "a dog b"), ("Hüte {index}", "Hüte 1"),
            ("帽子-{source}", "帽子-dog"),
        ])
    func filled(_ template: String, _ expected: String) throws { #expect(try name(template) == expected) }

    @Test(
        "number from 1, padded to the width of the largest number",
        arguments: [(0, 1, "1"), (8, 9, "9"), (0, 10, "01"), (9, 10, "10"), (4, 100, "005")])
    func numbers(_ index: Int, _ count: Int, _ expected: String) throws {
        #expect(try name("{index}", index: index, count: count) == expected)
    }

    @Test("keep several images apart without a placeholder for that")
    func several() throws {
        #expect(try name("hat", index: 2, count: 3) == "hat-3")
        #expect(try name("hat", index: 2, count: 12) == "hat-03")
        #expect(try name("{index}-hat", index: 2, count: 3) == "3-hat")
    }

    @Test(
        "use the stem of the first input",
        arguments: [
            ("dog.jpg", "dog"), ("/a/b.c/dog", "dog"), ("dog.tar.gz", "dog.tar"), (".hidden", "hidden"),
            ("-", "stdin"),
            ("https://host/a/dog.png?sig=SECRET/x.png", "dog"), ("https://host/", "host"),
            ("data:image/png;base64,<12 bytes>", "image"), ("a/", "a"), ("", "image"), ("...", "image"),
            ("犬の写真.jpg", "犬の写真"), ("e\u{301}te\u{301}.jpg", "e\u{301}te\u{301}"),
        ])
    func sources(_ source: String, _ expected: String) throws {
        #expect(try name("{source}", source: source) == expected)
    }

    @Test("know the old word for the stem, and report it")
    func oldWord() throws {
        #expect(try NameTemplate("{source}").usesOldWord)
        #expect(try !NameTemplate("{stem}-{index}").usesOldWord)
        #expect(try name("{source}-{index}") == name("{stem}-{index}"))
        #expect(throws: RequestError.self) { try NameTemplate("{source}{stem}") }
    }

    @Test("have the row, and the manifest's id for it, which defaults to its number")
    func rows() throws {
        let template = try NameTemplate("{row}_{id}")
        var values = NameTemplate.Values(index: 0, count: 1, row: 1200, source: "a.jpg")
        #expect(template.name(values) == "1200_1200")
        values.id = "../../etc:\(String(repeating: "x", count: 40))"
        #expect(template.name(values) == "1200_etc\(String(repeating: "x", count: 25))")
    }

    @Test("of prepared images have other placeholders than those of results")
    func preparation() throws {
        let template = try NameTemplate(
            "{position}-{stem}", knowing: NameTemplate.Placeholder.ofPreparation)
        var values = NameTemplate.Values(index: 4, count: 12, position: 3, positions: 7, source: "a/b.jpg")
        #expect(template.name(values, tellsApart: false) == "3-b")
        values.leastDigits = 2
        #expect(template.name(values, tellsApart: false) == "03-b")
        #expect(try name("{position}-{stem}") == "1-dog")
        #expect(throws: RequestError.self) {
            try NameTemplate("{seed}", knowing: NameTemplate.Placeholder.ofPreparation)
        }
    }

    @Test("get the first free number if taken; ten thousand equal names do not take quadratic time")
    func taken() {
        var names = TakenNames()
        let all = (0..<10_000).map { _ in names.take("a", in: "") }
        #expect(all.prefix(3) == ["a", "a-2", "a-3"])
        #expect(Set(all).count == 10_000)
        #expect(names.take("a", in: "b") == "a")
        #expect(names.take("A", in: "B") == "A-2")
        #expect(names.take("a-2", in: "") == "a-2-2")
    }

    @Test("use image without inputs and random without a seed")
    func absent() throws { #expect(try name("{source}-{seed}", seed: nil, source: nil) == "image-random") }

    @Test(
        "are never paths, hidden, or anything but a name, for any request id of a provider",
        arguments: [
            ("../../etc/passwd", "etcpasswd"), ("..\\..\\x", "x"), ("/", "image"), ("..", "image"),
            ("", "image"),
            ("a\u{0}b\nc\u{1B}[31m", "abc31m"), ("a\u{202E}gnp.exe", "agnp.exe"),
            ("a:b*c?d\"e<f>g|h", "abcdefgh"), ("x. . ", "x"),
            ("\u{3164}\u{200B}", "image"), ("$(rm -rf ~)", "rm -rf"), ("a'b`c;d&e", "abcde"), ("👍x", "x"),
        ])
    func hostile(_ request: String, _ expected: String) throws {
        #expect(try name("{request}", request: request) == expected)
    }

    @Test("have at most 200 bytes, cut between characters, and keep the distinguishing part")
    func long() throws {
        let long = String(repeating: "長", count: 300)
        let only = try name("{source}", source: long)
        #expect(only == String(repeating: "長", count: 66))
        let text = String(repeating: "t", count: 64)
        let longest = try name(
            "\(text){source}{request}{seed}{index}", index: 998, count: 1000, seed: .min, request: long,
            source: long)
        #expect((195...200).contains(longest.utf8.count))
        #expect(longest.hasSuffix("\(Int.min)".dropFirst(0) + "0999"))
    }

    @Test(
        "refuse invalid templates",
        arguments: [
            "{name}", "{Index}", "{}", "{index", "index}", "{{index}}", "{index}{index}", "a/b", "/{index}",
            "..\\{index}",
            ".{index}", "a\u{0}", "a\nb", "a\u{202E}b", "a:b", "", "a ",
            String(repeating: "t", count: 65),
        ])
    func refused(_ template: String) {
        let error = #expect(throws: RequestError.self) { try NameTemplate(template) }
        #expect(error?.field == "name")
        #expect(error?.description.contains("\n") == false)
    }

    @Test("name the available placeholders")
    func known() {
        let error = #expect(throws: RequestError.self) { try NameTemplate("{name}") }
        #expect(
            error?.description
                == "name: expected one of {stem}, {index}, {position}, {row}, {id}, {seed}, {request}, found {name}"
        )
        let path = #expect(throws: RequestError.self) { try NameTemplate("a/{index}") }
        #expect(path?.description == "name: expected a name, found a path")
        #expect(
            path?.remedy.text(in: .command) == "set the folder with `-o`; a name cannot contain subfolders")
    }
}
