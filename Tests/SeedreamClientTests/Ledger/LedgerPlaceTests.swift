#if Client
import Platform
import Foundation
import SeedreamClient
import SeedreamCommand
import SeedreamModel
import TestSupport
import Testing

/// The files that are trusted with paid jobs, and the behaviour if one cannot be written.
@Suite("the ledger's file")
struct LedgerPlaceTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    private func made(in folder: TemporaryFolder) throws -> String {
        let path = folder.file("jobs")
        try SQLiteLedger.open(path: path).close()
        return path
    }

    // MARK: Trust

    @Test("is refused if others can change it", arguments: [0o606, 0o620, 0o622, 0o660, 0o666, 0o777])
    func exposed(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        let path = try made(in: folder)
        #expect(chmod(path, mode_t(mode)) == 0)
        guard mode & 0o022 != 0 else { return }
        for access in [SQLiteLedger.Access.creating, .existing, .reading] {
            let error = #expect(throws: LedgerError.exposed(path: path, mode: mode)) {
                try SQLiteLedger.open(path: path, access: access)
            }
            #expect(
                error?.remedy.text(in: .command)
                    == "`chmod go-w \(path)`, or use another file with `--ledger`")
        }
        // The hint works.
        #expect(chmod(path, mode_t(mode & ~0o022)) == 0)
        if mode & 0o700 == 0o600 { try SQLiteLedger.open(path: path).close() }
    }

    @Test("is accepted if others can only read it", arguments: [0o600, 0o640, 0o644])
    func readable(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        let path = try made(in: folder)
        #expect(chmod(path, mode_t(mode)) == 0)
        try SQLiteLedger.open(path: path).close()
    }

    @Test(
        "is refused if it, or a file beside it, is another user's",
        .enabled(if: geteuid() == 0, "root only"),
        arguments: ["", "-wal", "-shm", "-journal", ".owners", ".spool"])
    func foreign(_ suffix: String) throws {
        let folder = try TemporaryFolder()
        let path = try made(in: folder)
        if !FileManager.default.fileExists(atPath: path + suffix) {
            if suffix == ".spool" {
                try Folder.make(path + suffix)
            } else {
                try folder.write([], as: "jobs\(suffix)")
            }
        }
        #expect(chmod(path + suffix, suffix.hasPrefix(".") ? 0o700 : 0o600) == 0)
        #expect(chown(path + suffix, 65_534, 65_534) == 0)
        #expect(throws: LedgerError.foreign(path: path + suffix)) { try SQLiteLedger.open(path: path) }
    }

    @Test("is refused in a folder where every user can replace it, unless users can only replace their own")
    func folder() throws {
        let folder = try TemporaryFolder()
        #expect(chmod(folder.path, 0o777) == 0)
        #expect(throws: LedgerError.exposed(path: folder.path, mode: 0o777)) {
            try SQLiteLedger.open(path: folder.file("jobs"))
        }
        #expect(try folder.names() == [])
        #expect(chmod(folder.path, 0o1777) == 0)
        try SQLiteLedger.open(path: folder.file("jobs")).close()
    }

    @Test("is created with access for its user alone, under every umask")
    func mask() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.file("jobs") as String] in
            umask(0)
            try SQLiteLedger.open(path: path).close()
        }
        #expect(try mode(folder.file("jobs")) == 0o600)
        #expect(try mode(folder.file("jobs.owners")) == 0o700)
    }

    // MARK: Links

    @Test("is not created through a dangling link")
    func dangling() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("jobs"), withDestinationPath: folder.file("elsewhere"))
        for access in [SQLiteLedger.Access.creating, .existing, .reading] {
            #expect(
                throws: LedgerError.cannotOpen(
                    path: folder.file("jobs"), reason: "it is a link to a file that does not exist")
            ) { try SQLiteLedger.open(path: folder.file("jobs"), access: access) }
        }
        #expect(try folder.names() == ["jobs"])
    }

    @Test("is one ledger under all of its names: a job is claimed once")
    func link() async throws {
        let folder = try TemporaryFolder()
        let path = try made(in: folder)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("alias"), withDestinationPath: path)
        let (first, second) = (
            try SQLiteLedger.open(path: path), try SQLiteLedger.open(path: folder.file("alias"))
        )
        try await first.insert(SampleJob.submitting("abcd"))
        #expect(try await second.claim("abcd") == nil)
        #expect(try folder.names().contains("alias.owners") == false)
    }

    @Test("is refused behind a link if its target is exposed")
    func exposedTarget() throws {
        let folder = try TemporaryFolder()
        let path = try made(in: folder)
        #expect(chmod(path, 0o666) == 0)
        try FileManager.default.createSymbolicLink(atPath: folder.file("alias"), withDestinationPath: path)
        #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: folder.file("alias")) }
    }

    // MARK: Absence

    @Test("is created only on request", arguments: [SQLiteLedger.Access.existing, .reading])
    func absent(_ access: SQLiteLedger.Access) throws {
        let folder = try TemporaryFolder()
        for name in ["jobs", "no/such/jobs"] {
            #expect(throws: LedgerError.absent(path: folder.file(name))) {
                try SQLiteLedger.open(path: folder.file(name), access: access)
            }
        }
        #expect(try folder.names() == [])
    }

    // MARK: Reading

    /// The obstacles that make a ledger unwritable for its owner, the user 65534.
    enum Obstacle: String, CaseIterable {
        case file, folder, both, logLeft
    }

    @Test(
        "can be read if it cannot be written, including the newest changes",
        .enabled(if: geteuid() == 0, "root only"),
        arguments: Obstacle.allCases)
    func readOnly(_ obstacle: Obstacle) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        #expect(chown(folder.path, 65_534, 65_534) == 0)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            #expect(setuid(65_534) == 0)
            let ledger = try SQLiteLedger.open(path: path)
            try await ledger.insert(SampleJob.submitting("abcd"))
            // Killed, it leaves its last changes in the log.
            kill(getpid(), SIGKILL)
            ledger.close()
        }
        if obstacle != .logLeft { try SQLiteLedgerFile.closed(path) }
        if obstacle == .logLeft { try FileManager.default.removeItem(atPath: path + "-shm") }
        if obstacle != .folder { #expect(chmod(path, 0o400) == 0) }
        if obstacle != .file {
            #expect(chown(folder.path, 0, 0) == 0)
            #expect(chown(path + ".owners", 65_534, 65_534) == 0)
            #expect(chmod(path + ".owners", 0o500) == 0)
            #expect(chmod(folder.path, 0o755) == 0)
        }
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(setuid(65_534) == 0)
            let refusal = #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: path) }
            switch refusal {
            case .cannotOpen, .cannotWrite: break
            default: Issue.record("\(String(describing: refusal))")
            }
            let ledger = try SQLiteLedger.open(path: path, access: .reading)
            let jobs = try await ledger.jobs(in: nil, limit: nil)
            #expect(jobs.map(\.id) == ["abcd"])
            await #expect(
                throws: LedgerError.cannotWrite(path: path, reason: "it was opened for reading only")
            ) {
                try await ledger.insert(SampleJob.submitting())
            }
            await #expect(throws: LedgerError.self) { try await ledger.claim("abcd") }
            #expect(ledger.spoolFolder == nil)
        }
    }

    /// A ledger as left by a process that ended normally.
    enum SQLiteLedgerFile {
        static func closed(_ path: String) throws {
            try TestDatabase.change(path, "SELECT count(*) FROM job")
            for name in [path + "-wal", path + "-shm"] { try? FileManager.default.removeItem(atPath: name) }
        }
    }

    // MARK: Locks

    @Test("reports a file system without locks")
    func words() {
        let error = LedgerError.cannotLock(path: "/net/jobs", fileSystem: "NFS")
        #expect(
            error.description
                == "/net/jobs: the ledger cannot be locked: its file system (NFS) has no working locks")
        #expect(error.remedy.text(in: .command) == "use a file on a local disk with `--ledger`")
        #expect(FileSystem.sharedName(at: NSTemporaryDirectory()) == nil)
        #expect(FileSystem.sharedName(at: "/no/such/path") == nil)
    }

    // MARK: Leftovers

    @Test("removes the images that killed processes left, except those that a job needs")
    func spool() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try SQLiteLedger.open(path: path)
            let spool = try #require(ledger.spoolFolder)
            try Folder.make(spool)
            for name in ["a", "b", "c"] {
                try AtomicFile.write([1], to: "\(spool)/inline-\(String(repeating: name, count: 32))")
            }
            try AtomicFile.write([1], to: "\(spool)/another program's")
            let needed = GeneratedImage(
                location: .file("\(spool)/inline-\(String(repeating: "a", count: 32))"))
            try await ledger.insert(SampleJob.finished([needed], in: "/out"))
            var done = SampleJob.finished(
                [GeneratedImage(location: .file("\(spool)/inline-\(String(repeating: "b", count: 32))"))],
                in: "/out")
            done.state = .saved
            try await ledger.insert(done)
            kill(getpid(), SIGKILL)
            ledger.close()
        }
        // Another living process keeps all of its images.
        let living = try SQLiteLedger.open(path: path)
        let own = try #require(living.spoolFolder)
        try Folder.make(own)
        try AtomicFile.write([1], to: "\(own)/inline-\(String(repeating: "d", count: 32))")
        try SQLiteLedger.open(path: path).close()
        let left = FileManager.default.enumerator(atPath: path + ".spool")?.compactMap { $0 as? String }
            .filter { $0.contains("/") }.map { $0.split(separator: "/").last.map(String.init) ?? "" }.sorted()
        #expect(
            left == [
                "another program's", "inline-\(String(repeating: "a", count: 32))",
                "inline-\(String(repeating: "d", count: 32))",
            ])
    }

    @Test("keeps its images under an absolute path, and removes the folder once it is empty")
    func spoolFolder() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            #expect(chdir(path) == 0)
            let ledger = try SQLiteLedger.open(path: "jobs")
            let spool = try #require(ledger.spoolFolder)
            #expect(spool.hasPrefix("/"))
            #expect(spool.contains("/jobs.spool/"))
            try Folder.make(spool, mode: 0o700)
            ledger.close()
            #expect(!FileManager.default.fileExists(atPath: spool))
        }
    }
}
#endif
