import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// File names are bytes, and need not be text. A shell creates the names, because Foundation cannot
/// pass them on.
@Suite("file names that are not UTF-8") struct PathTests {
    /// Runs a shell line in a folder with images named `caf\xE9.jpg` and `caf\xE8.jpg`, and removes
    /// the folder, which Foundation cannot.
    private static func run(_ line: String) async throws -> CommandResult {
        let folder = try TemporaryFolder()
        let script = """
            cd "$1"; mkdir in; acute=$(printf 'in/caf\\351.jpg'); grave=$(printf 'in/caf\\350.jpg')
            cp "$2" "$acute"; cp "$2" "$grave"
            \(line)
            status=$?; rm -rf in o*; exit $status
            """
        return try await shell(script, folder.path, Sample.conforming)
    }

    private static let acute = "in/caf\u{10F7E9}.jpg"
    private static let grave = "in/caf\u{10F7E8}.jpg"

    @Test("are read as arguments and from folders, and JSON keeps them apart")
    func reading() async throws {
        let named = try await Self.run("\"$0\" prep --json --each \"$acute\" \"$grave\"")
        #expect(named.status == 0, "\(named)")
        #expect(try named.report.images.map(\.source.name) == [Self.acute, Self.grave])
        let listed = try await Self.run("\"$0\" prep --json --each in")
        #expect(try listed.report.images.map(\.source.name) == [Self.grave, Self.acute])
        let inspected = try await Self.run("\"$0\" inspect --json \"$acute\"")
        #expect(try inspected.report.images.map(\.source.name) == [Self.acute])
    }

    @Test("are shown escaped, in tables and in messages")
    func showing() async throws {
        let table = try await Self.run("\"$0\" prep \"$acute\"")
        #expect(table.text.contains(#"in/caf\xE9.jpg"#), "\(table)")
        let missing = try await Self.run("\"$0\" prep \"$(printf 'in/\\377\\033')\"")
        #expect(missing.status == 65)
        #expect(missing.errors.contains(#"in/\xFF"#), "\(missing)")
        #expect(!missing.errors.contains("\u{1B}"))
    }

    @Test("are kept in the names of results, and in folders of such names")
    func writing() async throws {
        let result = try await Self.run(
            """
            "$0" prep --json --each in --name "{index}-{stem}" -o "$(printf 'o\\377t')" >report || exit 9
            cat report; ls "$(printf 'o\\377t')" | od -An -tx1 >&2
            """)
        #expect(result.status == 0, "\(result)")
        #expect(
            try result.report.images.map(\.prepared.path)
                == ["o\u{10F7FF}t/01-caf\u{10F7E8}.jpg", "o\u{10F7FF}t/02-caf\u{10F7E9}.jpg"])
        let bytes = result.errors.split(whereSeparator: \.isWhitespace).map { UInt8($0, radix: 16) }
        #expect(
            bytes == Array("01-caf".utf8) + [0xE8] + Array(".jpg\n02-caf".utf8) + [0xE9]
                + Array(".jpg\n".utf8))
    }

    @Test(
        "that are UTF-8 are not changed",
        arguments: [
            #"caf\xE9.jpg"#, "café.jpg", "cafe\u{301}.jpg", "👩‍🚀.jpg", "new\nline.jpg", "caf\u{FFFD}.jpg",
        ])
    func text(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: name)
        let result = try await seedream("prep", "--json", "-o", folder.file("out"), path)
        #expect(result.status == 0, "\(result)")
        #expect(try result.report.images.map { Array($0.source.name.utf8) } == [Array(path.utf8)])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).count == 1)
    }

    @Test("a name with the stand-in character for a byte differs from the name with the byte")
    func collision() async throws {
        let result = try await Self.run(
            "cp \"$acute\" \"$(printf 'in/caf\\364\\217\\237\\251.jpg')\"; \"$0\" prep --json --each in")
        let names = try result.report.images.map(\.source.name)
        #expect(names.count == 3)
        #expect(names.contains("in/caf\u{10F7F4}\u{10F78F}\u{10F79F}\u{10F7A9}.jpg"))
    }
}
