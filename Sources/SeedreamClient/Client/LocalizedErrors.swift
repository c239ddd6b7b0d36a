import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension BudgetError: LocalizedError {}
extension ClientError: LocalizedError {}
extension FetchError: LocalizedError {}
extension KeyError: LocalizedError {}
extension LedgerError: LocalizedError {}
extension RequestError: LocalizedError {}
extension ResourceError: LocalizedError {}
extension SaveError: LocalizedError {}
extension WebhookError: LocalizedError {}

extension UnrecordedJob: LocalizedError {
    /// The reason that the ledger could not be written.
    public var failureReason: String? { reason.description }
}

extension TransportError: LocalizedError {
    /// The error's one-line description.
    public var errorDescription: String? { description }
    /// The value of ``hint``.
    public var recoverySuggestion: String? { hint }
}

extension ImageVerifier.Rejection: LocalizedError {
    /// The error's one-line description.
    public var errorDescription: String? { description }
}
