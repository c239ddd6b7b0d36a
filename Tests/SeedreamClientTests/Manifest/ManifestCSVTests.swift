import Foundation
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("CSV manifests")
struct ManifestCSVTests {
    @Test(
        "quotes, commas and line breaks within cells are read, with every kind of line ending",
        arguments: ["\n", "\r\n", "\r"])
    func quotes(_ end: String) throws {
        let lines = [
            "id,prompt,images,seed,note", "a,\"a \"\"red\"\" fox, in\(end)snow\",a.jpg;b.jpg,7,", "",
            "b,plain,\"\",,\" x \"", ",last,,,",
        ]
        let file = try ManifestFile(lines.joined(separator: end), named: "jobs.csv")
        let rows = try file.rows()
        #expect(rows.map(\.id) == ["a", "b", "6"])
        #expect(rows.map(\.line) == [2, 5, 6])
        #expect(rows.map(\.prompt) == ["a \"red\" fox, in\(end)snow", "plain", "last"])
        #expect(rows.map(\.images) == [["a.jpg", "b.jpg"].map { "\(file.folder.path)/\($0)" }, [], []])
        #expect(rows.map(\.seed) == [7, nil, nil])
        #expect(rows.map { $0.carried.map(\.json) } == [["\"\""], ["\" x \""], ["\"\""]])
    }

    @Test("cells of all fields are read in the spellings of people and programs")
    func types() throws {
        let file = try ManifestFile(
            """
            id,prompt,images,model,provider,size,seed,count,images_per_generation,name,safety,enhance
            1,p, a.jpg ; b.jpg ,m,fal, 4K ,7.0, 2 ,3,{index},TRUE,off
            2,p,,,,,,,,,off,
            """, named: "jobs.csv")
        let rows = try file.rows()
        #expect(rows[0].images == ["a.jpg", "b.jpg"].map { "\(file.folder.path)/\($0)" })
        #expect(rows[0].size == .matchFirstImage(.k4))
        #expect([rows[0].seed, rows[0].count, rows[0].imagesPerGeneration] == [7, 2, 3])
        #expect(rows[0].safety == true)
        #expect(rows[0].enhance == .off)
        #expect(
            rows[1]
                == {
                    var row = ManifestRow(id: "2", line: 3, prompt: "p")
                    row.safety = false
                    return row
                }())
    }

    /// Lines between two good ones, and their messages.
    static let broken: [(line: [UInt8], message: String)] = [
        (Array("a,p".utf8), "expected 3 cells, as the first line has, found 2"),
        (Array("a,red, big,".utf8), "expected 3 cells, as the first line has, found 4"),
        (
            Array("a,5\" disk,".utf8),
            "expected no quote inside an unquoted cell, found one"
        ),
        (Array("a, \"b\",".utf8), "expected no quote inside an unquoted cell, found one"),
        (Array("a,\"b\"c,".utf8), "expected a comma after a quoted cell, found text"),
        (Array("a,\"a \"red\" fox\",".utf8), "expected a comma after a quoted cell, found text"),
        (Array("a,,".utf8), "prompt: expected text, found none"),
        (Array("a,p,x.jpg;".utf8), "images: expected paths or URLs, found an empty text"),
        (
            Array("a,p,data:image/png;base64".utf8),
            "images: expected paths or URLs, found a data URI, whose ; would separate images"
        ),
        ([0x61, 0x2C, 0xFF, 0x2C], "expected UTF-8, found other bytes"),
        ([0x61, 0x2C, 0x00, 0x2C], "prompt: expected text, found a NUL character in it"),
        (Array("good,p,".utf8), "id: expected a unique id, found \"good\", that of line 2"),
    ]

    @Test("an invalid line is one failed row, and the lines around it are read", arguments: broken)
    func brokenLine(_ line: [UInt8], _ message: String) throws {
        let file = try ManifestFile(
            Array("id,prompt,images\ngood,p,\n".utf8) + line + Array("\n\n,,\nlast,\"p\n\",\n".utf8),
            named: "jobs.csv")
        let failure = try file.failure()
        #expect(failure.message == message)
        #expect(failure.line == 3)
        #expect(!failure.hint.isEmpty)
        #expect(try file.records().map(\.line) == [2, 3, 6])
    }

    @Test("an unclosed quote is one failed row, which names its first and last line")
    func unclosed() throws {
        let file = try ManifestFile("id,prompt,images\na,p,\nb,\"p,\nc,p,\nd,p,\n", named: "jobs.csv")
        let failure = try file.failure()
        #expect(failure.message == "expected the quote on line 3 to be closed, found the end on line 6")
        #expect(failure.hint == "close the quote; the lines from 3 on were read as one cell")
        #expect(try file.records().map(\.line) == [2, 3])
    }

    @Test(
        "a numeric cell that is not a number in JSON is refused",
        arguments: ["007", "0x10", "1e", "inf", "1.5", "seven"])
    func numbers(_ text: String) throws {
        let file = try ManifestFile("prompt,images,seed\np,,\(text)\n", named: "jobs.csv")
        #expect(try file.failure().message == "seed: expected a whole number, found \"\(text)\"")
    }

    /// Requires python3, whose `csv` module writes many manifests.
    @Test("odd texts round-trip from Python's csv module", .enabled(if: Python.isThere))
    func python() throws {
        let odd = [
            "plain", "with, comma", "with \"quotes\"", "\"", "\"\"", "line\nbreak", "line\r\nbreak",
            "line\rbreak",
            " spaces ", "\ttab", ",", ";", "'", "é 漢字 🦊 \u{202E}", "\u{FEFF}mark", "a\"b,c\"d\n\"e\"", "#",
            "=1+1",
        ]
        let folder = try ManifestFile("")
        try folder.folder.write(JSONEncoder().encode(odd), as: "odd.json")
        for options in ["", ", lineterminator='\\n'", ", quoting=csv.QUOTE_ALL", ", lineterminator='\\r'"] {
            let path = folder.folder.file("jobs.csv")
            try Python.run(
                """
                import csv, json, sys
                texts = json.load(open(sys.argv[1], encoding='utf-8'))
                with open(sys.argv[2], 'w', newline='', encoding='utf-8') as file:
                    rows = csv.writer(file\(options))
                    rows.writerow(['id', 'prompt', 'images', 'key, of "join"'])
                    for index, text in enumerate(texts):
                        rows.writerow(['r%d' % index, text, '', text])
                """, [folder.folder.file("odd.json"), path])
            let reader = try ManifestReader(path)
            var (prompts, carried): ([String], [JSONValue]) = ([], [])
            while let record = try reader.next() {
                guard case .row(let row) = record else {
                    Issue.record("\(record)")
                    continue
                }
                prompts.append(row.prompt)
                carried += row.carried.map(\.value)
                #expect(row.carried.map(\.name) == ["key, of \"join\""])
            }
            #expect(prompts.map { Array($0.utf8) } == odd.map { Array($0.utf8) })
            #expect(carried == odd.map { .string($0) })
        }
    }
}

/// The Python interpreter of this machine.
enum Python {
    static let isThere = (try? run("pass", [])) != nil

    /// Runs a program, which must exit with 0.
    static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
