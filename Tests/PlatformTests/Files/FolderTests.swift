import Foundation
import Platform
import TestSupport
import Testing

@Suite("folders")
struct FolderTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test("are created with their parents, with access for the user alone on request")
    func making() throws {
        let folder = try TemporaryFolder()
        let before = try mode(folder.path)
        try Folder.make(folder.file("a/b//c/"), mode: 0o700)
        #expect(try mode(folder.file("a")) == 0o700)
        #expect(try mode(folder.file("a/b/c")) == 0o700)
        // An existing folder keeps its mode.
        #expect(try mode(folder.path) == before)
        try Folder.make(folder.file("a"))
        #expect(try mode(folder.file("a")) == 0o700)
        try Folder.make(".")
        try Folder.make("/")
    }

    @Test("are refused if a file has their path")
    func file() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "out")
        let there = #expect(throws: FileError.self) { try Folder.make(folder.file("out")) }
        #expect(there?.cause == .notAFolder)
        #expect(there?.description == "\(folder.file("out")): expected a folder, found a file")
        let within = #expect(throws: FileError.self) { try Folder.make(folder.file("out/in")) }
        #expect(within?.description == "\(folder.file("out/in")): folder cannot be made: Not a directory")
        #expect(try folder.names() == ["out"])
    }

    @Test(
        "contain a path",
        arguments: [("a", "."), ("/a", "/"), ("b/a", "b"), ("/c/b/a", "/c/b"), ("./a", ".")])
    func containing(_ path: String, _ folder: String) { #expect(Folder.containing(path) == folder) }

    @Test("for a user's state and configuration follow XDG, with absolute paths only")
    func xdg() {
        func state(_ variables: [String: String]) -> String { StateFolder.path { variables[$0] } }
        #expect(state(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/seedream")
        #expect(state(["XDG_STATE_HOME": "/s/"]) == "/s/seedream")
        #if !os(macOS)
        #expect(state(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/seedream")
        #expect(state(["XDG_STATE_HOME": "", "HOME": "/h"]) == "/h/.local/state/seedream")
        #endif
        func configuration(_ variables: [String: String]) -> String {
            ConfigurationFolder.path { variables[$0] }
        }
        #expect(configuration(["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/seedream")
        #expect(configuration(["HOME": "/h"]) == "/h/.config/seedream")
        // Without HOME, the system's user database names the folder.
        #expect(configuration([:]).hasPrefix("/"))
        #expect(configuration(["HOME": "h"]) == configuration([:]))
    }
}
