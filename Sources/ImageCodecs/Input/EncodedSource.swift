import CodecBridge
import PixelEngine
package import Pixels
private import Platform

/// The bytes of one input: in memory, or an open regular file that is read on demand.
///
/// Files are never mapped: if a mapped file is shortened, reading it kills the process.
package final class EncodedSource: Sendable {
    private enum Storage: Sendable {
        case memory([UInt8])
        case loaded(LoadedFile)
        case file(descriptor: Int32)
    }

    private let storage: Storage
    /// The number of bytes.
    package let count: Int
    /// Identifies this version of the file; `nil` for memory.
    package let identity: FileIdentity?
    /// The size in px if the bytes are pixels (`ImageFormat.rgba8`); `nil` if they are encoded.
    package let pixelSize: PixelSize?

    /// Holds bytes in memory.
    package init(_ bytes: [UInt8]) {
        storage = .memory(bytes)
        count = bytes.count
        identity = nil
        pixelSize = nil
    }

    /// Holds pixels in memory.
    ///
    /// - Precondition: `bytes` has four bytes for each pixel of `size`.
    package init(rgba8 bytes: [UInt8], size: PixelSize) {
        storage = .memory(bytes)
        count = bytes.count
        identity = nil
        pixelSize = size
    }

    /// Shares a file that is in memory.
    package init(_ file: LoadedFile) {
        storage = .loaded(file)
        count = file.count
        identity = nil
        pixelSize = nil
    }

    /// Takes ownership of an open descriptor of a regular file.
    package init(adopting descriptor: Int32, identity: FileIdentity) {
        storage = .file(descriptor: descriptor)
        count = identity.byteCount
        self.identity = identity
        pixelSize = nil
    }

    deinit {
        if case .file(let descriptor) = storage { close(descriptor) }
    }

    /// Reads bytes from `offset` on into `target` and returns their number: fewer than `target`
    /// holds at the end.
    package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
        guard offset >= 0, offset < count, !target.isEmpty else { return 0 }
        let wanted = min(target.count, count - offset)
        switch storage {
        case .memory(let bytes):
            bytes.withUnsafeBytes { all in
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + wanted]))
            }
            return wanted
        case .loaded(let file):
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + wanted]))
            return wanted
        case .file(let descriptor):
            var done = 0
            while done < wanted {
                let got = pread(
                    descriptor, target.baseAddress.map { $0 + done }, wanted - done, off_t(offset + done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { throw .readFailed(errno: errno) }
                if got == 0 { break }
                done += got
            }
            return done
        }
    }

    /// Returns up to `length` bytes from `offset` on.
    package func bytes(at offset: Int, length: Int) throws(CodecError) -> [UInt8] {
        let wanted = max(0, min(length, count - offset))
        guard wanted > 0 else { return [] }
        var failure: CodecError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { target, filled in
            do throws(CodecError) {
                filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(target))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Calls `body` with the source as CodecBridge reads it; valid only during the call.
    func withBridgeInput<Result>(_ body: (bridge_input) throws -> Result) rethrows -> Result {
        switch storage {
        case .memory(let bytes):
            try bytes.withUnsafeBufferPointer { all in
                try body(bridge_input(bytes: all.baseAddress, size: UInt64(all.count), descriptor: -1))
            }
        case .loaded(let file):
            try withExtendedLifetime(file) {
                let bytes = file.bytes.assumingMemoryBound(to: UInt8.self)
                return try body(
                    bridge_input(bytes: bytes.baseAddress, size: UInt64(bytes.count), descriptor: -1))
            }
        case .file(let descriptor):
            try body(bridge_input(bytes: nil, size: UInt64(count), descriptor: descriptor))
        }
    }

    /// Calls `body` with all bytes from `offset` on, if they are in memory; valid only during the
    /// call.
    ///
    /// - Returns: `nil`, without calling `body`, for a file that is read on demand.
    func withMemory<Result>(from offset: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        switch storage {
        case .memory(let bytes):
            bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[min(offset, count)...])) }
        case .loaded(let file):
            withExtendedLifetime(file) {
                body(UnsafeRawBufferPointer(rebasing: file.bytes[min(offset, count)...]))
            }
        case .file: nil
        }
    }

    /// Calls `body` with all bytes in memory; valid only during the call.
    package func withAllBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        switch storage {
        case .memory(let bytes): return try bytes.withUnsafeBytes(body)
        case .loaded(let file): return try withExtendedLifetime(file) { try body(file.bytes) }
        case .file:
            let memory = try CodecError.memory(count)
            let target = UnsafeMutableRawBufferPointer(start: memory.base, count: count)
            let got = try read(at: 0, into: target)
            return try withExtendedLifetime(memory) {
                try body(UnsafeRawBufferPointer(rebasing: target[..<got]))
            }
        }
    }
}

/// Identifies one version of a file.
package struct FileIdentity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var byteCount: Int
    /// The time of the last modification, in nanoseconds since 1970.
    package var modifiedNanoseconds: Int64

    package init(device: UInt64, inode: UInt64, byteCount: Int, modifiedNanoseconds: Int64) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modifiedNanoseconds = modifiedNanoseconds
    }
}
