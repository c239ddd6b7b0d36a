package import PixelEngine
import Pixels

/// A sink that encodes a picture.
package protocol ImageSink: BandSink {
    /// Ends the file and hands it over. Only once, after the last band.
    ///
    /// - Throws: ``CodecError/outputTooLarge(maximum:)`` beyond the maximum given to the encoder.
    func finish() throws(CodecError) -> EncodedBuffer
}
