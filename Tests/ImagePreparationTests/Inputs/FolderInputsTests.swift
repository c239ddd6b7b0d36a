import Foundation
import ImagePreparation
import TestSupport
import Testing

@Suite("the images of a folder")
struct FolderInputsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let image = try Fixtures.bytes("shapes/phone-1.jpg")
        for name in ["sub/deep", ".hidden"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }
        for name in ["b.jpg", "a", "sub/c.jpg", "sub/deep/d.jpg", ".hidden/e.jpg", ".f.jpg"] {
            try folder.write(image, as: name)
        }
        try folder.write("{}".utf8, as: "b.jpg.json")
        try folder.write([], as: "empty.PNG")
    }

    private func paths(_ inputs: FolderInputs?) -> [String]? {
        inputs?.files.map { String($0.path.dropFirst(folder.path.count + 1)) }
    }

    @Test("are found by content, or by a name that claims an image format, and sorted")
    func content() throws {
        let inputs = FolderInputs(folder.path + "//")
        #expect(paths(inputs) == ["a", "b.jpg", "empty.PNG"])
        #expect(inputs?.others == 1)
        #expect(inputs?.subfolders == 1)
        #expect(inputs?.files.allSatisfy { $0.subfolder == "" } == true)
    }

    @Test("include those of its subfolders on demand, and list the folders in between")
    func recursive() throws {
        let inputs = FolderInputs(folder.path, recursive: true)
        #expect(paths(inputs) == ["a", "b.jpg", "empty.PNG", "sub/c.jpg", "sub/deep/d.jpg"])
        #expect(inputs?.files.map(\.subfolder) == ["", "", "", "sub", "sub/deep"])
    }

    @Test("leave out the files and folders that the caller excludes")
    func leftOut() throws {
        let inputs = FolderInputs(folder.path, recursive: true) {
            $0.hasSuffix("/deep") || $0.hasSuffix("/a")
        }
        #expect(paths(inputs) == ["b.jpg", "empty.PNG", "sub/c.jpg"])
    }

    @Test("of a file, or of a missing path, are not listed")
    func noFolder() {
        #expect(FolderInputs(folder.file("b.jpg")) == nil)
        #expect(FolderInputs(folder.file("gone")) == nil)
        #expect(paths(FolderInputs(folder.file("sub/deep"))) == ["sub/deep/d.jpg"])
    }

    @Test("take the place of their folder among the other inputs")
    func list() throws {
        var list = InputList()
        for argument in ["-", folder.file("sub"), "data:image/png;base64,AA=="] {
            list.add(argument, expandsFolders: true, recursive: true)
        }
        list.add("-", isPath: true, expandsFolders: true)
        #expect(
            list.entries.map(\.input.name) == [
                "-", folder.file("sub/c.jpg"), folder.file("sub/deep/d.jpg"), "data URI", "-",
            ])
        #expect(list.entries.map(\.isPath) == [false, true, true, false, true])
        #expect(list.entries.map(\.folder) == [nil, folder.file("sub"), folder.file("sub"), nil, nil])
        #expect(list.folders.map(\.images) == [2])
    }

    @Test("names in a list are bytes, one per line or terminated by zero bytes")
    func names() {
        let bytes = Array("a b\n\n".utf8) + [0x63, 0xE9] + Array("\nd\0e".utf8)
        #expect(InputList.names(in: bytes, endedByZero: false) == ["a b", "c\u{10F7E9}", "d\0e"])
        #expect(InputList.names(in: bytes, endedByZero: true) == ["a b\n\nc\u{10F7E9}\nd", "e"])
    }
}
