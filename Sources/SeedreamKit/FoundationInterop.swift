public import ImagePreparation
import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension ImageInput {
    /// Encoded bytes in memory, as Foundation holds them. They are copied once.
    ///
    /// - Parameter name: What messages and results call it.
    public static func data(_ data: Data, name: String) -> ImageInput { .bytes(Array(data), name: name) }
}

// MARK: Errors as Foundation shows them

extension ManifestError: LocalizedError {}
extension ResultsError: LocalizedError {}

extension ManifestFailure: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// ``hint``.
    public var recoverySuggestion: String? { hint }
}

extension EqualRequestError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}

extension UntrustedAddressError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}

extension BusyRowError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}

extension RefusedRowError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// What to do about it, one line.
    public var recoverySuggestion: String? { failure.hint }
}

extension RunStop: LocalizedError {
    /// What every other row would have met, or how many rows failed.
    public var errorDescription: String? {
        switch self {
        case .refused(let error): (error as? any LocalizedError)?.errorDescription ?? "\(error)"
        case .failures(let failed, let count): "\(failed) of \(count) rows failed"
        }
    }
    /// What to do about it, one line.
    public var recoverySuggestion: String? {
        if case .refused(let error) = self { (error as? any LocalizedError)?.recoverySuggestion } else { nil }
    }
}
