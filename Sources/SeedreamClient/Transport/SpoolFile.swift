import Platform

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A new file with an unguessable name that only the current user can read.
final class SpoolFile {
    /// The path of the file.
    let path: String
    /// The number of bytes written.
    private(set) var count = 0
    private var descriptor: Int32

    /// Creates an empty file, and the folder if it is missing.
    init(in folder: String) throws(SpoolError) {
        var generator = SystemRandomNumberGenerator()
        let name = (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        path = "\(folder)/inline-\(name.joined())"
        descriptor = Self.make(path)
        if descriptor < 0, errno == ENOENT {
            do throws(FileError) {
                try Folder.make(folder, mode: 0o700)
            } catch {
                throw SpoolError(path: folder, code: error.errno)
            }
            descriptor = Self.make(path)
        }
        if descriptor < 0 { throw SpoolError(path: folder, code: errno) }
    }

    private static func make(_ path: String) -> Int32 {
        Descriptor.openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    }

    /// Whether a file name has the form that this type generates.
    static func isName(_ name: some StringProtocol) -> Bool {
        name.hasPrefix("inline-") && name.utf8.count == 39
            && name.dropFirst(7).allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    }

    /// Whether a path names a file of a spool folder, or of the adjacent folder of another owner.
    static func isPath(_ path: String, of folder: String) -> Bool {
        let own = Folder.containing(path)
        guard isName(path.dropFirst(own.count + 1)) else { return false }
        if own == folder { return true }
        func isOwner(_ path: String) -> Bool {
            UUID(uuidString: String(path.dropFirst(Folder.containing(path).count + 1))) != nil
        }
        return isOwner(own) && isOwner(folder) && Folder.containing(own) == Folder.containing(folder)
    }

    deinit { close() }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(SpoolError) {
        if let code = bytes.withUnsafeBytes({ Descriptor.writeAll($0, to: descriptor) }) {
            throw SpoolError(path: path, code: code)
        }
        count += bytes.count
    }

    /// Returns the written bytes.
    func contents() throws(SpoolError) -> [UInt8] {
        let reader = Descriptor.openFile(path, O_RDONLY | O_NOFOLLOW)
        guard reader >= 0 else { throw SpoolError(path: path, code: errno) }
        defer { _ = Self.system(closing: reader) }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                Descriptor.retrying {
                    buffer.baseAddress.map { read(reader, $0 + filled, count - filled) } ?? 0
                }
            }
            // A shortened file sets no error number.
            guard result > 0 else { throw SpoolError(path: path, code: result == 0 ? EIO : errno) }
            filled += result
        }
        return bytes
    }

    /// Ends writing after the bytes are on the storage medium, as the ledger that names the file
    /// is.
    func finish() throws(SpoolError) {
        if let code = Descriptor.sync(descriptor) { throw SpoolError(path: path, code: code) }
        close()
    }

    /// Ends writing without syncing.
    func close() {
        if descriptor >= 0 { _ = Self.system(closing: descriptor) }
        descriptor = -1
    }

    /// Removes the file.
    func discard() {
        close()
        unlink(path)
    }

    private static func system(closing descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #elseif canImport(Musl)
        Musl.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }
}

/// The reason why an image of a reply could not be written to a file.
package struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message, on one line.
    package var description: String

    init(path: String, code: Int32) {
        description = "\(path): cannot be written: \(String(cString: strerror(code)))"
    }
}
