package import SeedreamModel

/// Which call of a provider's API: the name in errors, logs and the ledger, and what the call can
/// buy.
package struct APIOperation: Hashable, Sendable {
    /// What the call does.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Puts a paid job into a queue.
        case submit
        /// Makes the images while the paid request waits, at fal.
        case run
        /// The paid request where a provider has one address for it, or one for text-to-image.
        case generate
        /// The paid request for an edit, where it has an address of its own.
        case edit
        /// Asks about a job.
        case status
        /// Asks about a job, at a provider whose answer holds the result; or what became of a job.
        case job
        /// Asks for the result of a job.
        case result
        /// Asks to stop a job.
        case cancel
        /// Stores an input, in one step.
        case upload
        /// Asks where an input may be stored.
        case initiate
        /// Asks for a token to upload with.
        case token
        /// Stores an input where the provider said.
        case put
        /// Asks about the account.
        case account
        /// Fetches an image that was made.
        case download
        /// Writes an image that was made.
        case save
        /// Fetches the keys that webhooks are signed with.
        case jwks
        /// A call from the provider.
        case webhook

        /// Whether the call is the one that is paid for.
        package var isPaid: Bool {
            switch self {
            case .submit, .run, .generate, .edit: true
            default: false
            }
        }

        /// Whether the call is about a job that the provider has accepted, so that its answer
        /// undoes no purchase.
        package var isAboutJob: Bool {
            switch self {
            case .status, .job, .result, .cancel, .download, .save: true
            default: false
            }
        }
    }

    /// Who is called.
    package var provider: ProviderID
    /// What the call does.
    package var kind: Kind

    package init(_ provider: ProviderID, _ kind: Kind) {
        self.provider = provider
        self.kind = kind
    }

    /// A call to fal.
    package static func fal(_ kind: Kind) -> APIOperation { APIOperation(.fal, kind) }
    /// A call to AIML API.
    package static func aiml(_ kind: Kind) -> APIOperation { APIOperation(.aiml, kind) }
    /// A call to OneRouter.
    package static func onerouter(_ kind: Kind) -> APIOperation { APIOperation(.onerouter, kind) }
    /// A call to Apiframe.
    package static func apiframe(_ kind: Kind) -> APIOperation { APIOperation(.apiframe, kind) }
    /// A call to Ark.
    package static func ark(_ kind: Kind) -> APIOperation { APIOperation(.ark, kind) }
}

extension APIOperation: CustomStringConvertible {
    /// As `fal.submit`.
    package var description: String { "\(provider.rawValue).\(kind.rawValue)" }
}
