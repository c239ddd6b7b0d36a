public import SeedreamModel

/// A job in the ledger, from before its request is sent to its last verified file. Contains neither
/// the key nor images.
public struct JobRecord: Hashable, Codable, Sendable, Identifiable {
    /// This toolkit's job ID: a UUID in lower case.
    public var id: String
    /// The provider that received the request.
    public var provider: ProviderID
    /// The base URL that the request was sent to, if not the provider's own; resuming uses the
    /// same.
    public var baseURL: String?
    /// The provider's model ID.
    public var model: String
    /// Edit or text-to-image.
    public var operation: GenerationOperation
    /// The prompt.
    public var prompt: String
    /// The state of the job; see ``JobState/mayBecome(_:)`` for the allowed transitions.
    public var state: JobState
    /// The time of recording, in seconds since 1970.
    public var created: Double
    /// The time of the last change, in seconds since 1970.
    public var updated: Double
    /// The inputs of the request.
    public var inputs: [InputProvenance]
    /// The largest number of images that the job may return.
    public var maximumOutputs: Int
    /// The price of one image, with its share of the fees for inputs; `nil` if unknown.
    public var estimate: Price?
    /// Whether results with a transparent background were asked for.
    public var wantsTransparency: Bool?
    /// The key by which the provider recognizes a repeated request, if it supports idempotency
    /// keys.
    public var idempotencyKey: String?
    /// Identifies the job to the provider, once it is accepted.
    public var ticket: JobTicket?
    /// The provider's result, once it is known.
    public var result: GenerationResult?
    /// The destination folder of the images and their names.
    public var destination: Destination?
    /// The saved images, by their index in the result.
    public var files: [SavedFile]
    /// The last error.
    public var error: ClientError?
    /// The outcome of a job of unknown outcome, once a person has looked it up; `nil` until then.
    public var settlement: Settlement?
    /// The time at which prompt and paths were removed, in seconds since 1970; `nil` if they are
    /// present.
    public var pruned: Double?
    /// The row of a run that the job was sent for; `nil` for a job outside a run.
    public var row: RowReference?
    /// A digest of the provider, its address and the key, for ``JobSlot``; `nil` for a job of an
    /// earlier version.
    public var account: String?
    /// The reserved names, keyed by the names from the template; `nil` if none are reserved. Set
    /// only by the ledger.
    package var names: [String: String]?

    /// The outcome of a job of unknown outcome, as the account at the provider shows it.
    public enum Settlement: String, Hashable, Codable, Sendable, CaseIterable {
        /// It was paid for, and its images are lost.
        case bought
        /// Nothing was paid; its row may be sent again.
        case notBought = "not-bought"
    }

    /// Creates the record of a job that is about to be sent.
    public init(
        id: String, provider: ProviderID, baseURL: String? = nil, model: String,
        operation: GenerationOperation, prompt: String,
        created: Double, inputs: [InputProvenance], maximumOutputs: Int, estimate: Price? = nil,
        idempotencyKey: String? = nil,
        destination: Destination? = nil, row: RowReference? = nil
    ) {
        self.id = id
        self.provider = provider
        self.baseURL = baseURL
        self.model = model
        self.operation = operation
        self.prompt = prompt
        state = .submitting
        self.created = created
        updated = created
        self.inputs = inputs
        self.maximumOutputs = maximumOutputs
        self.estimate = estimate
        self.idempotencyKey = idempotencyKey
        self.destination = destination
        files = []
        self.row = row
    }

    /// Whether an image of the result should have transparent parts: with a transparent background,
    /// and each layer above the base image.
    func expectsTransparency(of image: GeneratedImage) -> Bool {
        if let layer = image.layer { return layer.order > 0 }
        return wantsTransparency ?? false
    }

    /// The cost of the job in the worst case, in ``estimate``'s unit; `nil` if the price is
    /// unknown. A failed or cancelled job costs nothing.
    public var worstCost: Double? {
        switch state {
        case .failed, .cancelled: estimate.map { _ in 0 }
        case .finished, .saved: estimate.map { $0.amount * Double(result?.images.count ?? maximumOutputs) }
        case .submitting, .accepted, .unknown: estimate.map { $0.amount * Double(maximumOutputs) }
        }
    }
}

/// The earlier name of the result in a job's record.
@available(*, deprecated, renamed: "GenerationResult")
public typealias StoredResult = GenerationResult
