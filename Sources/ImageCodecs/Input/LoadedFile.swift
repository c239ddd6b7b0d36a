/// A whole file in memory, from which the result is made in place: the bytes checked are the bytes
/// sent, read and copied once.
///
/// `@unchecked Sendable`: the memory is written before `init` returns and by `keep`, whose caller
/// is the only user then.
package final class LoadedFile: @unchecked Sendable {
    /// Bytes of room after the file for additions of a result: an end marker, a padding byte.
    private static let spare = 64

    private let block: FileMemory.Block
    /// The store of the memory; `nil` once no further files are read.
    private weak let memory: FileMemory?
    /// The size of the file in bytes.
    package let count: Int

    /// Reads all of `source` into memory that is returned to `memory` afterwards.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` if the file became shorter,
    ///   ``CodecError/outOfMemory``, ``CodecError/readFailed(errno:)``.
    package init(_ source: EncodedSource, memory: FileMemory) throws(CodecError) {
        guard let block = memory.take(source.count + Self.spare) else { throw .outOfMemory }
        self.block = block
        self.memory = memory
        count = source.count
        let target = UnsafeMutableRawBufferPointer(start: block.base, count: count)
        guard try source.read(at: 0, into: target) == count else {
            throw .truncated("the file became shorter while it was read")
        }
    }

    deinit {
        if let memory { memory.give(block) } else { block.release() }
    }

    /// The bytes of the file.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block.base, count: count) }

    /// Replaces the file by its stripped form, without moving the largest piece.
    ///
    /// Sources over this file must not be read afterwards.
    ///
    /// - Returns: The result, valid as long as this object; `nil`, with the file unchanged, if the
    ///   other pieces do not fit around the largest, or exceed a quarter of it.
    package func keep(_ stripped: StrippedImage) -> UnsafeRawBufferPointer? {
        let pieces = stripped.pieces
        guard
            let largest = pieces.indices.max(by: { pieces[$0].count < pieces[$1].count }),
            case .copied(let middle) = pieces[largest]
        else { return nil }
        let head = pieces[..<largest].reduce(0) { $0 + $1.count }
        let tail = pieces[(largest + 1)...].reduce(0) { $0 + $1.count }
        guard head <= middle.lowerBound, tail <= block.capacity - middle.upperBound,
            head + tail <= middle.count / 4
        else { return nil }
        // Copies the pieces aside first, because their targets may overlap their sources.
        var around: [UInt8] = []
        around.reserveCapacity(head + tail)
        for (number, piece) in pieces.enumerated() where number != largest {
            switch piece {
            case .copied(let range): around += bytes[range]
            case .written(let written): around += written
            }
        }
        let whole = UnsafeMutableRawBufferPointer(start: block.base, count: block.capacity)
        let start = middle.lowerBound - head
        UnsafeMutableRawBufferPointer(rebasing: whole[start..<middle.lowerBound]).copyBytes(
            from: around[..<head])
        UnsafeMutableRawBufferPointer(rebasing: whole[middle.upperBound..<middle.upperBound + tail])
            .copyBytes(from: around[head...])
        return UnsafeRawBufferPointer(rebasing: whole[start..<middle.upperBound + tail])
    }
}
