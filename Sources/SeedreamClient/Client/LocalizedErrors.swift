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
    /// Why the ledger could not be written.
    public var failureReason: String? { reason.description }
}

extension TransportError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// ``hint``.
    public var recoverySuggestion: String? { hint }
}

extension PictureVerifier.Rejection: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}
