import Foundation
import Platform
import TestSupport
import Testing

@Suite("file locks")
struct FileLockTests {
    @Test("exclude each other, also within one process, until they are released")
    func exclusion() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("lock")
        #expect(try !FileLock.isLocked(path))
        #expect(try folder.names() == [])
        let first = try #require(try FileLock.tryLocking(path))
        #expect(try FileLock.tryLocking(path) == nil)
        #expect(try FileLock.isLocked(path))
        first.unlock()
        #expect(try !FileLock.isLocked(path))
        #expect(try folder.names() == ["lock"])
        let second = try #require(try FileLock.tryLocking(path))
        second.unlock(removing: true)
        second.unlock(removing: true)
        #expect(try folder.names() == [])
    }

    @Test("are released with their owner")
    func lifetime() throws {
        let folder = try TemporaryFolder()
        do {
            let lock = try #require(try FileLock.tryLocking(folder.file("lock")))
            #expect(try FileLock.isLocked(lock.path))
        }
        #expect(try !FileLock.isLocked(folder.file("lock")))
    }

    @Test("of a killed process are released, and the file stays")
    func killed() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.file("lock") as String] in
            let lock = try #require(try FileLock.tryLocking(path))
            #expect(try FileLock.isLocked(path))
            kill(getpid(), SIGKILL)
            lock.unlock(removing: true)
        }
        #expect(try folder.names() == ["lock"])
        #expect(try !FileLock.isLocked(folder.file("lock")))
    }

    @Test("do not follow a symbolic link in place of the file")
    func link() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("lock"), withDestinationPath: folder.file("elsewhere"))
        let error = #expect(throws: FileError.self) { try FileLock.tryLocking(folder.file("lock")) }
        #expect(error?.errno == ELOOP)
        #expect(throws: FileError.self) { try FileLock.isLocked(folder.file("lock")) }
        #expect(try folder.names() == ["lock"])
    }
}
