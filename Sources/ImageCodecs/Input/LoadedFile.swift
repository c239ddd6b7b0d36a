/// A whole file in memory, where the result is made of it: what is checked is what is sent, and it
/// is read and copied once.
///
/// `@unchecked Sendable`: the memory is written before `init` returns and by `keep`, whose caller
/// has the only use of it.
package final class LoadedFile: @unchecked Sendable {
    /// Room behind the file for what a result may have to add: an end marker, a padding byte.
    private static let spare = 64

    private let block: FileMemory.Block
    /// Gone, once nobody reads further files into it.
    private weak let memory: FileMemory?
    /// Bytes of the file.
    package let count: Int

    /// Reads all of `source` into memory that goes back afterwards.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` if it became shorter, ``CodecError/outOfMemory``,
    ///   ``CodecError/readFailed(errno:)``.
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

    /// The file.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block.base, count: count) }

    /// Makes the file what is left of it, without moving its largest piece.
    ///
    /// Sources over this file must not be read any more.
    ///
    /// - Returns: The result, as long as this object lives; `nil`, with the file as it was, if the
    ///   other pieces have no room around the largest, or are no small part of the whole.
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
        // Copied aside first: they may lie where others have to go.
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
