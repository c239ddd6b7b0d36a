import Foundation
import Platform
import SeedreamClient
import TestSupport
import Testing

/// Names of files after their inputs, which must identify the input.
@Suite("names of inputs")
struct InputNamesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func names(_ paths: [String], _ template: String = "{stem}") throws -> [InputNames.Name] {
        let inputs = try paths.enumerated().map { index, path in
            let full = folder.file(path)
            if !FileManager.default.fileExists(atPath: full) {
                try FileManager.default.createDirectory(
                    atPath: Folder.containing(full), withIntermediateDirectories: true)
                try Data(path.utf8).write(to: URL(fileURLWithPath: full))
            }
            return InputNames.Input(
                path: full, node: FileNode(full), subfolder: "",
                values: NameTemplate.Values(
                    index: index, count: paths.count, position: 1, row: index + 1, source: full))
        }
        let template = try NameTemplate(template, knowing: NameTemplate.Placeholder.ofPreparation)
        return InputNames(inputs, template).names
    }

    @Test("have their extensions if inputs in one folder share a stem; another input renames none")
    func extensions() throws {
        let two = try names(["in/a.jpg", "in/a.png", "in/b.jpg", "in/a"])
        #expect(two.map(\.name) == ["a-jpg", "a-png", "b", "a"])
        #expect(two.allSatisfy { !$0.dependsOnOrder })
        let more = try names(["in/a.bmp", "in/a.jpg", "in/a.png", "in/b.jpg", "in/a"])
        #expect(more.map(\.name) == ["a-bmp", "a-jpg", "a-png", "b", "a"])
        // The name without the second input, and the name with it.
        #expect(more.map(\.alone) == ["a", "a", "a", "b", "a"])
        #expect(try names(["in/a.jpg"]).map(\.shared) == ["a-jpg"])
    }

    @Test("are the same for every order of the same inputs, unless they report otherwise")
    func order() throws {
        let paths = ["in/a.jpg", "in/a.png", "in/A.PNG", "x/a.jpg", "in/a-png.jpg", "in/b.c.jpg", "x/b.jpg"]
        var generator = SeededGenerator(seed: 3)
        var seen: [String: Set<String>] = [:]
        var depends: [String: Bool] = [:]
        for _ in 0..<40 {
            let shuffled = paths.shuffled(using: &generator)
            let names = try names(shuffled)
            #expect(Set(names.map { $0.name.lowercased() }).count == paths.count)
            for (path, name) in zip(shuffled, names) {
                seen[path, default: []].insert(name.name)
                if let before = depends[path] { #expect(before == name.dependsOnOrder, "\(path)") }
                depends[path] = name.dependsOnOrder
            }
        }
        for path in paths { #expect(seen[path]?.count == 1 || depends[path] == true, "\(path): \(seen)") }
        #expect(depends["in/b.c.jpg"] == false && depends["in/a.jpg"] == false)
        #expect(depends["in/a.png"] == true && depends["in/A.PNG"] == true)
    }

    @Test("of several folders are numbered in order, and report it")
    func folders() throws {
        let names = try names(["x/a.jpg", "y/a.jpg", "y/a-2.jpg", "y/b.jpg"])
        #expect(names.map(\.name) == ["a", "a-2", "a-2-2", "b"])
        #expect(names.map(\.dependsOnOrder) == [true, true, true, false])
    }

    @Test("of one file that is given twice are the same in each order")
    func twice() throws {
        try FileManager.default.createDirectory(atPath: folder.file("y"), withIntermediateDirectories: true)
        _ = try names(["x/a.jpg"])
        try FileManager.default.linkItem(atPath: folder.file("x/a.jpg"), toPath: folder.file("y/a.jpg"))
        let names = try names(["x/a.jpg", "x/a.jpg", "y/a.jpg"])
        #expect(names.map(\.name) == ["a", "a-2", "a-3"])
        #expect(names.allSatisfy { !$0.dependsOnOrder })
    }

    @Test("a number does not identify an input: another input changes it")
    func numbers() throws {
        #expect(try names(["a.jpg", "b.jpg"], "{index}").map(\.dependsOnOrder) == [true, true])
        #expect(try names(["a.jpg", "b.jpg"], "{row}-{stem}").map(\.dependsOnOrder) == [false, false])
        #expect(try names(["a.jpg", "a.png"], "{row}-{stem}").map(\.dependsOnOrder) == [true, true])
        #expect(try names(["a.jpg", "a.png"], "{row}-{stem}").map(\.name) == ["1-a", "2-a"])
    }
}
