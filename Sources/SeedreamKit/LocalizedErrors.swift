import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension ManifestError: LocalizedError {}
extension ResultsError: LocalizedError {}
extension ShardError: LocalizedError {}

extension ManifestFailure: LocalizedError {
    /// The error's description.
    public var errorDescription: String? { description }
    /// The hint.
    public var recoverySuggestion: String? { hint }
}

extension EqualRequestError: LocalizedError {
    /// The error's description.
    public var errorDescription: String? { description }
}

extension UntrustedAddressError: LocalizedError {
    /// The error's description.
    public var errorDescription: String? { description }
}

extension BusyRowError: LocalizedError {
    /// The error's description.
    public var errorDescription: String? { description }
}

extension RefusedRowError: LocalizedError {
    /// The error's description.
    public var errorDescription: String? { description }
    /// What to do, one line.
    public var recoverySuggestion: String? { failure.hint }
}

extension RunStop: LocalizedError {
    /// The error that stopped the run, or the number of rows that failed.
    public var errorDescription: String? {
        switch self {
        case .refused(let error): (error as? any LocalizedError)?.errorDescription ?? "\(error)"
        case .failures(let failed, let count): "\(failed) of \(count) rows failed"
        }
    }
    /// What to do, one line.
    public var recoverySuggestion: String? {
        if case .refused(let error) = self { (error as? any LocalizedError)?.recoverySuggestion } else { nil }
    }
}
