public import ImageCodecs
import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension PreparationError: LocalizedError {
    /// What the word for it means, as "the data are damaged".
    public var failureReason: String? { code.meaning }
}

// ImageCodecs does not link Foundation, and no caller gets this error without this target.
extension CodecError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// What the word for it means, as "the data are damaged".
    public var failureReason: String? { PreparationError.codec(self).failureReason }
    /// What to do about it, one line.
    public var recoverySuggestion: String? { PreparationError.codec(self).hint }
}

extension PreparationFailure: LocalizedError {
    /// Each input with its line, all on one line.
    public var errorDescription: String? {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "; ")
    }
    /// What to do about the first input.
    public var recoverySuggestion: String? { inputs.first?.hint }
}
