/// Why the pixel engine could not do its work. The codecs' errors pass through it unchanged.
package enum PixelError: Error, Hashable, Sendable {
    /// zimg refused a graph or stopped; its code and words.
    case resamplerFailed(code: Int, message: String)
    /// Memory for a working buffer could not be had.
    case outOfMemory
}

extension PixelError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .resamplerFailed(let code, let message): "resampler failed with code \(code): \(message)"
        case .outOfMemory: "out of memory"
        }
    }
}
