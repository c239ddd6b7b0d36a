package import SeedreamModel

/// A call of a provider's API: its name in errors, logs and the ledger, and whether it can incur a
/// charge.
package struct APIOperation: Hashable, Sendable {
    /// The purpose of a call.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Submits a paid job to a queue.
        case submit
        /// Generates images while the paid request waits (fal).
        case run
        /// The paid request of a provider that has one endpoint for all images, or one for
        /// text-to-image.
        case generate
        /// The paid request for an edit, if it has its own endpoint.
        case edit
        /// Queries the status of a job.
        case status
        /// Queries a job whose reply also holds the result, or the outcome of a job.
        case job
        /// Queries the result of a job.
        case result
        /// Cancels a job.
        case cancel
        /// Uploads an input in one step.
        case upload
        /// Requests an upload URL.
        case initiate
        /// Requests an upload token.
        case token
        /// Uploads an input to the URL that the provider gave.
        case put
        /// Downloads a result image.
        case download
        /// Saves a result image.
        case save
        /// Fetches the public keys for webhook signatures.
        case jwks
        /// A webhook call from the provider.
        case webhook

        /// Whether the call is paid for.
        package var isPaid: Bool {
            switch self {
            case .submit, .run, .generate, .edit: true
            default: false
            }
        }

        /// Whether the call is about an accepted job, so that its failure does not undo a purchase.
        package var isAboutJob: Bool {
            switch self {
            case .status, .job, .result, .cancel, .download, .save: true
            default: false
            }
        }
    }

    /// The provider.
    package var provider: ProviderID
    /// The purpose of the call.
    package var kind: Kind

    package init(_ provider: ProviderID, _ kind: Kind) {
        self.provider = provider
        self.kind = kind
    }

    /// Returns an operation of fal.
    package static func fal(_ kind: Kind) -> APIOperation { APIOperation(.fal, kind) }
    /// Returns an operation of AIML API.
    package static func aiml(_ kind: Kind) -> APIOperation { APIOperation(.aiml, kind) }
    /// Returns an operation of OneRouter.
    package static func onerouter(_ kind: Kind) -> APIOperation { APIOperation(.onerouter, kind) }
    /// Returns an operation of Apiframe.
    package static func apiframe(_ kind: Kind) -> APIOperation { APIOperation(.apiframe, kind) }
    /// Returns an operation of Ark.
    package static func ark(_ kind: Kind) -> APIOperation { APIOperation(.ark, kind) }
}

extension APIOperation: CustomStringConvertible {
    /// The name of the operation, such as `fal.submit`.
    package var description: String { "\(provider.rawValue).\(kind.rawValue)" }
}
