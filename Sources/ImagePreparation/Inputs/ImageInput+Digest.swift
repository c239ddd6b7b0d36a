import Cryptography
package import ImageCodecs

extension ImageInput {
    /// The SHA-256 of the input's own bytes, as 64 lower-case hexadecimal digits. Of a data URI, of
    /// what it holds; of pixels, of size and pixels, since the same bytes are another image in
    /// another shape.
    ///
    /// - Throws: ``PreparationError``, as preparing it would.
    package func sha256(limits: DecodeLimits) throws(PreparationError) -> String {
        let source = try InputOpener.open(self, limits: limits)
        var digest = SHA256Stream()
        if let size = source.pixelSize { digest.update(Array("rgba8 \(size)\n".utf8)) }
        var offset = 0
        do throws(CodecError) {
            while case let piece = try source.bytes(at: offset, length: 1 << 20), !piece.isEmpty {
                digest.update(piece)
                offset += piece.count
            }
        } catch {
            throw .codec(error)
        }
        return digest.finish().hexadecimal
    }
}
