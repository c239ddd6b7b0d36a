#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

// `error.localizedDescription` shows the error's own line, not "The operation could not be
// completed".

extension LocalizedError where Self: ErrorWithRemedy & CustomStringConvertible {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// `hint`.
    public var recoverySuggestion: String? { hint }
}

extension ConstraintError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}

extension JSONSyntaxError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}
