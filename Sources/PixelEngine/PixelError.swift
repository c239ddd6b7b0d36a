/// An error of the pixel engine. Errors of the codecs pass through it unchanged.
package enum PixelError: Error, Hashable, Sendable {
    /// zimg rejected a graph or stopped; its code and message.
    case resamplerFailed(code: Int, message: String)
    /// Memory for a working buffer could not be allocated.
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
