import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("rows of a manifest")
struct ManifestRowTests {
    @Test("a row can state everything that a request can, and carries the rest")
    func whole() throws {
        let file = try ManifestFile(
            #"""
            {"id":"a-1","prompt":"a red fox","images":["in/a.jpg","/b.png","https://example.com/c.jpg?x=1"],"model":"m","provider":"ark","size":"16:9@4K","seed":7,"count":2,"images_per_generation":3,"name":"{index}","safety":false,"enhance":"fast","sku":12345678901234567890,"tags": [1.50, "x" ],"url":"u"}
            """#)
        var expected = ManifestRow(
            id: "a-1", line: 1, prompt: "a red fox",
            images: ["\(file.folder.path)/in/a.jpg", "/b.png", "https://example.com/c.jpg?x=1"])
        (expected.model, expected.provider, expected.seed) = ("m", .ark, 7)
        expected.size = .aspect(try #require(AspectRatio(width: 16, height: 9)), .k4)
        (expected.count, expected.imagesPerGeneration, expected.name) = (2, 3, "{index}")
        (expected.safety, expected.enhance) = (false, .fast)
        let rows = try file.rows()
        #expect(rows.map(\.carried).first?.map(\.name) == ["sku", "tags", "url"])
        // Numbers keep digits that a Double would lose.
        #expect(
            rows.map(\.carried).first?.map(\.json) == ["12345678901234567890", #"[1.50, "x" ]"#, #""u""#])
        expected.carried = rows.first?.carried ?? []
        #expect(rows == [expected])
        var request = GenerationRequest(prompt: "")
        expected.apply(to: &request)
        #expect(request.prompt == "a red fox")
        #expect(request.size == expected.size)
        #expect(request.maximumOutputs == 6)
        #expect(request.safetyChecker == false)
    }

    @Test("missing fields stay nil, null omits a field, and the default id is the line number")
    func open() throws {
        let file = try ManifestFile("\n{\"prompt\":\"p\",\"images\":[],\"seed\":null,\"id\":null}\n")
        #expect(try file.rows() == [ManifestRow(id: "2", line: 2, prompt: "p")])
    }

    @Test("an id may be an integer, and every kind of JSON number is read by its value")
    func numbers() throws {
        let file = try ManifestFile(#"{"id":17,"prompt":"p","images":[],"seed":7.0,"count":1e1}"#)
        let row = try #require(try file.rows().first)
        #expect(row.id == "17")
        #expect(row.seed == 7)
        #expect(row.count == 10)
    }

    /// Members beside `"id":"a"`, with the resulting message.
    static let wrong: [(members: String, message: String)] = [
        (#""images":[]"#, "prompt: expected text, found none"),
        (#""prompt":"","images":[]"#, "prompt: expected text, found an empty one"),
        (#""prompt":" \u200B","images":[]"#, #"prompt: expected words, found " \u{200B}""#),
        (#""prompt":7,"images":[]"#, "prompt: expected text, found 7"),
        (#""prompt":"a\u0000b","images":[]"#, "prompt: expected text, found a NUL character in it"),
        (#""prompt":"p""#, "images: expected a list, found none"),
        (#""prompt":"p","images":null"#, "images: expected a list, found none"),
        (#""prompt":"p","images":"a.jpg""#, #"images: expected a list, found "a.jpg""#),
        (#""prompt":"p","images":[1]"#, "images: expected paths or URLs, found 1"),
        (#""prompt":"p","images":[""]"#, "images: expected paths or URLs, found an empty text"),
        (#""prompt":"p","images":["-"]"#, "images: expected paths or URLs, found - for standard input"),
        (#""prompt":"p","images":["a\u0000"]"#, "images: expected text, found a NUL character in it"),
        (
            #""prompt":"p","images":["s3://b/k.jpg"]"#,
            #"images: expected a path or an http or https URL, found "s3://b/k.jpg""#
        ),
        (#""prompt":"p","images":[],"model":"""#, "model: expected text, found an empty one"),
        (
            #""prompt":"p","images":[],"provider":"Fal""#,
            #"provider: expected one of fal, aiml, onerouter, apiframe, ark, found "Fal""#
        ),
        (#""prompt":"p","images":[],"size":"big""#, #"size: expected a size, found "big""#),
        (#""prompt":"p","images":[],"size":2048"#, "size: expected text, found 2048"),
        (#""prompt":"p","images":[],"size":"16x9""#, "size: expected sides of at least 64 px, found 16x9"),
        (#""prompt":"p","images":[],"seed":1.5"#, "seed: expected a whole number, found 1.5"),
        (#""prompt":"p","images":[],"seed":"7""#, #"seed: expected a whole number, found "7""#),
        (#""prompt":"p","images":[],"count":0"#, "count: expected 1 to 1000, found 0"),
        (#""prompt":"p","images":[],"count":1001"#, "count: expected 1 to 1000, found 1001"),
        (#""prompt":"p","images":[],"count":true"#, "count: expected 1 to 1000, found true"),
        (
            #""prompt":"p","images":[],"images_per_generation":0"#,
            "images_per_generation: expected 1 to 1000, found 0"
        ),
        (#""prompt":"p","images":[],"name":"a/b""#, "name: expected a name, found a path"),
        (#""prompt":"p","images":[],"safety":"maybe""#, #"safety: expected on or off, found "maybe""#),
        (#""prompt":"p","images":[],"safety":1"#, "safety: expected on or off, found 1"),
        (
            #""prompt":"p","images":[],"enhance":"much""#,
            #"enhance: expected one of standard, fast, off, found "much""#
        ),
        (#""prompt":"p","images":[],"prompt":"q""#, #""prompt": expected once, found twice"#),
    ]

    @Test("a value of another type or out of range fails its row and no other", arguments: wrong)
    func values(_ members: String, _ message: String) throws {
        let file = try ManifestFile(
            "{\"id\":\"a\",\(members),\"sku\":1}\n{\"prompt\":\"p\",\"images\":[]}\n")
        let failure = try file.failure()
        #expect(failure.message == message)
        #expect(failure.id == "a")
        #expect(failure.line == 1)
        #expect(!failure.hint.isEmpty)
        #expect(failure.carried.map(\.name) == ["sku"])
        #expect(try file.records().last == .row(ManifestRow(id: "2", line: 2, prompt: "p")))
    }

    @Test("both bounds of a count are accepted", arguments: [1, 1000])
    func bounds(_ count: Int) throws {
        let file = try ManifestFile(
            "{\"prompt\":\"p\",\"images\":[],\"count\":\(count),\"images_per_generation\":\(count)}")
        #expect(try file.rows().map(\.count) == [count])
    }

    @Test(
        "a field that would control keys, addresses, folders or money fails its row",
        arguments: [
            "base_url", "baseURL", "Base-Url", "key", "api_key", "key_file", "token", "ledger", "proxy",
            "ca_file",
            "output", "folder", "webhook", "budget", "host", "endpoint", "results", "fal_mode", "headers",
        ])
    func steering(_ name: String) throws {
        let failure = try ManifestFile("{\"prompt\":\"p\",\"images\":[],\"\(name)\":\"x\"}").failure()
        #expect(
            failure.message
                == "\"\(name)\": a manifest must not control keys, addresses, folders or money")
        #expect(throws: ManifestError.self) {
            try ManifestFile("prompt,images,\(name)\np,,\n", named: "jobs.csv").records()
        }
    }

    @Test(
        "a field with a misspelt name fails its row, and the message has the right spelling",
        arguments: [
            ("image", "images"), ("Images", "images"), ("imgaes", "images"), ("Prompt", "prompt"),
            ("promt", "prompt"),
            ("prompts", "prompt"), ("ID", "id"), ("Id", "id"),
            ("imagesPerGeneration", "images_per_generation"),
            ("images-per-generation", "images_per_generation"), ("images_per_call", "images_per_generation"),
            ("sizes", "size"), ("sede", "seed"), ("counts", "count"), ("image_url", "images"),
            ("image_size", "size"),
            ("num_images", "count"), ("modle", "model"), (" seed", "seed"), ("enhance_prompt", "enhance"),
        ])
    func resembling(_ name: String, _ right: String) throws {
        let failure = try ManifestFile("{\"prompt\":\"p\",\"images\":[],\"\(name)\":\"x\"}").failure()
        #expect(failure.message == "\"\(name)\": expected \(right), found a field that resembles it")
        #expect(failure.hint.hasPrefix("write \(right), or "))
        #expect(failure.id == nil)
    }

    @Test(
        "a field with another meaning is carried",
        arguments: [
            "uid", "sku", "url", "caption", "width", "aid", "title", "customer_id", "prompt_version", "",
        ])
    func carried(_ name: String) throws {
        let file = try ManifestFile("{\"prompt\":\"p\",\"images\":[],\"\(name)\":\"x\"}")
        #expect(try file.rows().map(\.carried) == [[CarriedField(name: name, value: "x")]])
    }

    @Test("of two rows with one id the second fails, even if the first failed")
    func duplicates() throws {
        let file = try ManifestFile(
            """
            {"id":"a","prompt":"p","images":[]}
            {"id":"b","prompt":"","images":[]}
            {"id":"a","prompt":"q","images":[],"sku":1}
            {"id":"b","prompt":"q","images":[]}
            {"id":"6","prompt":"q","images":[]}
            {"prompt":"q","images":[]}
            {"id":"","prompt":"q","images":[]}
            {"id":"a\\n","prompt":"q","images":[]}
            {"id":[],"prompt":"q","images":[]}
            {"id":"\(String(repeating: "x", count: 512))","prompt":"q","images":[]}
            {"id":"\(String(repeating: "x", count: 513))","prompt":"q","images":[]}
            """)
        let failures = try file.records().compactMap {
            if case .failure(let failure) = $0 { failure } else { nil }
        }
        #expect(
            failures.map { "\($0)" } == [
                "line 2: prompt: expected text, found an empty one",
                "line 3: id: expected a unique id, found \"a\", that of line 1",
                "line 4: id: expected a unique id, found \"b\", that of line 2",
                "line 6: id: expected a unique id, found \"6\", that of line 5",
                "line 7: id: expected 1 to 512 bytes, found 0",
                "line 8: id: expected printable characters, found \"a\\n\"",
                "line 9: id: expected text, found a list",
                "line 11: id: expected 1 to 512 bytes, found 513",
            ])
        // A second row with that id would hide the first among the results.
        #expect(failures.map(\.id) == ["b", nil, nil, nil, nil, nil, nil, nil])
        #expect(failures[1].carried.map(\.name) == ["sku"])
    }
}
