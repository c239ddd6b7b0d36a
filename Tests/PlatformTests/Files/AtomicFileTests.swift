import Foundation
import Platform
import TestSupport
import Testing

@Suite("atomic files")
struct AtomicFileTests {
    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Publishing

    @Test("appear under their name only when complete")
    func publishing() throws {
        let folder = try TemporaryFolder()
        let file = try AtomicFile(in: folder.path)
        try file.write(Array("one, ".utf8))
        try file.write(Array("two".utf8))
        #expect(try folder.names().count == 1)
        #expect(try folder.names().allSatisfy { $0.hasPrefix(".seedream-") })
        try file.publish(as: folder.file("a.txt"))
        #expect(try folder.names() == ["a.txt"])
        #expect(text(folder.file("a.txt")) == "one, two")
    }

    @Test("have the requested permissions, less the process's umask")
    func permissions() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write([1], to: folder.file("private"), mode: 0o600)
        try AtomicFile.write([1], to: folder.file("public"))
        func mode(_ name: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            return try #require(attributes[.posixPermissions] as? NSNumber).intValue
        }
        #expect(try mode("private") == 0o600)
        #expect(try mode("public") & 0o600 == 0o600)
        #expect(try mode("public") & 0o111 == 0)
    }

    @Test("replace nothing by default: no file, no folder, no dangling link")
    func existing() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "file")
        try FileManager.default.createDirectory(
            atPath: folder.file("folder"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("nothing"))
        let file = try AtomicFile(in: folder.path)
        try file.write(Array("new".utf8))
        for name in ["file", "folder", "link"] {
            let error = #expect(throws: FileError.self) { try file.publish(as: folder.file(name)) }
            #expect(error?.cause == .exists)
            #expect(error?.description == "\(folder.file(name)): file exists")
        }
        #expect(text(folder.file("file")) == "precious")
        #expect(!FileManager.default.fileExists(atPath: folder.file("nothing")))
        // The file can still be published under another name.
        try file.publish(as: folder.file("other"))
        #expect(text(folder.file("other")) == "new")
        #expect(try folder.names() == ["file", "folder", "link", "other"])
    }

    @Test("replace a file, or a link but not its target, on request")
    func overwriting() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "elsewhere")
        try folder.write("old".utf8, as: "file")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("elsewhere"))
        for name in ["file", "link"] {
            try AtomicFile.write(Array("new".utf8), to: folder.file(name), overwriting: true)
            #expect(text(folder.file(name)) == "new")
        }
        #expect(text(folder.file("elsewhere")) == "precious")
        #expect(try folder.names() == ["elsewhere", "file", "link"])
    }

    // MARK: Temporary files

    @Test("have temporary names that cannot be guessed: 128 random bits")
    func names() throws {
        let folder = try TemporaryFolder()
        let files = try (0..<200).map { _ in try AtomicFile(in: folder.path) }
        let names = files.map { $0.path.dropFirst(folder.path.count + 1) }
        #expect(Set(names).count == 200)
        for name in names {
            #expect(name.hasPrefix(".seedream-"))
            #expect(name.dropFirst(10).count == 32)
            #expect(name.dropFirst(10).allSatisfy { $0.isHexDigit })
        }
        // Each of the 16 digits occurs at each of the 32 places at some time.
        let first = Set(names.map { $0.dropFirst(10).prefix(1) })
        #expect(first.count > 8)
    }

    @Test("leave no file that was not published, discarded or forgotten")
    func discarding() throws {
        let folder = try TemporaryFolder()
        let file = try AtomicFile(in: folder.path)
        try file.write([1, 2, 3])
        file.discard()
        file.discard()
        #expect(try folder.names() == [])
        do { _ = try AtomicFile(in: folder.path) }
        #expect(try folder.names() == [])
        do {
            let kept = try AtomicFile(in: folder.path)
            try kept.publish(as: folder.file("kept"))
        }
        #expect(try folder.names() == ["kept"])
    }

    @Test("can be started afresh with fewer bytes")
    func restarting() throws {
        let folder = try TemporaryFolder()
        let file = try AtomicFile(in: folder.path)
        try file.write(Array("a first attempt that broke off".utf8))
        try file.restart()
        try file.write(Array("the second".utf8))
        try file.publish(as: folder.file("a"))
        #expect(text(folder.file("a")) == "the second")
    }

    // MARK: Failures

    @Test("name the folder that does not exist")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try AtomicFile(in: folder.file("no")) }
        #expect(error?.errno == ENOENT)
        #expect(error?.description == "\(folder.file("no")): cannot be written: No such file or directory")
        #expect(error?.hint == "check the folder, or name another one")
    }

    @Test("that cannot be written in full do not appear, and their space is freed")
    func full() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try FileLimit.set(4096)
            let target = "\(path)/a"
            let error = #expect(throws: FileError.self) {
                try AtomicFile.write([UInt8](repeating: 1, count: 4097), to: target)
            }
            #expect(error?.cause == .full)
            #expect(error?.path == target)
            #expect(error?.hint == "free some space; what was already written is whole")
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
            try AtomicFile.write([UInt8](repeating: 1, count: 4096), to: target)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
        }
    }

    @Test(
        "in a folder without write permission fail with that reason",
        .enabled(if: geteuid() == 0, "root only")
    )
    func forbidden() async throws {
        let folder = try TemporaryFolder()
        #expect(chmod(folder.path, 0o755) == 0)
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            #expect(setuid(65_534) == 0)
            let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "\(path)/a") }
            #expect(error?.cause == .forbidden)
            #expect(error?.description == "\(path)/a: cannot be written: Permission denied")
            let folder = #expect(throws: FileError.self) { try Folder.checkWritable(path) }
            #expect(folder?.description == "\(path): folder is not writable: Permission denied")
            let made = #expect(throws: FileError.self) { try Folder.make("\(path)/new") }
            #expect(made?.description == "\(path)/new: folder cannot be made: Permission denied")
        }
        #expect(try folder.names() == [])
    }

    @Test("of a killed process do not appear; only their temporary files remain")
    func killed() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let file = try AtomicFile(in: path)
            try file.write([1, 2, 3])
            kill(getpid(), SIGKILL)
            // Never reached; keeps the file alive until here.
            file.discard()
        }
        #expect(try folder.names().count == 1)
        #expect(try folder.names().allSatisfy { $0.hasPrefix(".seedream-") })
    }
}

/// Temporary files that killed processes leave in a folder, and their removal.
@Suite("leftovers of atomic files")
struct LeftoverTests {
    @Test("are removed when the next process makes a file there, except those of living processes")
    func sweeping() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let files = try (0..<3).map { _ in try AtomicFile(in: path) }
            try files[0].write([1])
            try files[1].finish()
            kill(getpid(), SIGKILL)
            files.forEach { $0.discard() }
        }
        #expect(try folder.names().count == 3)
        try folder.write([1], as: ".seedream-notes")
        try folder.write([1], as: ".seedream-\(String(repeating: "A", count: 32))")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(".seedream-\(String(repeating: "b", count: 32))"),
            withDestinationPath: folder.file(".seedream-notes"))
        // Written and closed but not yet renamed: its process still checks it.
        let living = try AtomicFile(in: folder.file("."))
        try living.write([2])
        try living.finish()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try AtomicFile.write([3], to: "\(path)/new")
        }
        let expected = [
            ".seedream-\(String(repeating: "A", count: 32))",
            ".seedream-\(String(repeating: "b", count: 32))",
            ".seedream-notes", "new", living.path.split(separator: "/").last.map(String.init) ?? "",
        ]
        #expect(try folder.names() == expected.sorted())
        try living.publish(as: folder.file("living"))
        #expect(try folder.names().contains("living"))
    }

    @Test("many processes work in one folder at the same time, and none loses a file")
    func race() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await withTaskGroup { group in
            for number in 0..<3 {
                group.addTask { await Self.work(in: path, number) }
            }
        }
        #expect(try folder.names().count == 120)
    }

    private static func work(in path: String, _ number: Int) async {
        await #expect(processExitsWith: .success) { [path = path as String, number = number as Int] in
            // Each form of the path is swept once.
            for turn in 0..<40 {
                let path = path + String(repeating: "/.", count: turn)
                try AtomicFile.write([1], to: "\(path)/\(number)-\(turn)")
            }
        }
    }
}
