public import SeedreamModel

/// A job as the ledger keeps it, from before its request is sent to its last verified file. Holds
/// neither key nor pictures.
public struct JobRecord: Hashable, Codable, Sendable, Identifiable {
    /// This toolkit's own id: a UUID in lower case.
    public var id: String
    /// Who was asked.
    public var provider: ProviderID
    /// The base URL that was asked, if not the host's own; resuming asks the same.
    public var baseURL: String?
    /// The host's id of the model.
    public var model: String
    /// Edit or text-to-image.
    public var operation: GenerationOperation
    /// What was asked for.
    public var prompt: String
    /// Where it stands; ``JobState/mayBecome(_:)`` says what may follow.
    public var state: JobState
    /// When it was recorded, in seconds since 1970.
    public var created: Double
    /// When it last changed, in seconds since 1970.
    public var updated: Double
    /// What the request was made of.
    public var inputs: [InputProvenance]
    /// The most pictures that it may give.
    public var maximumOutputs: Int
    /// What the worst case would cost; `nil` where no price is known.
    public var estimate: Price?
    /// The key by which the host knows a repeated request, where it honours one.
    public var idempotencyKey: String?
    /// What the host is asked by, once it has accepted.
    public var ticket: JobTicket?
    /// What the host made, once it has.
    public var result: StoredResult?
    /// Where pictures go, and how they are named.
    public var destination: Destination?
    /// Pictures that are on disk, by their index in the result.
    public var files: [SavedFile]
    /// What went wrong last.
    public var error: ClientError?
    /// What a person has found out about a job of unknown outcome; `nil` until then.
    public var settlement: Settlement?
    /// When its prompt and paths were forgotten, in seconds since 1970; `nil` while they are there.
    public var pruned: Double?
    /// The row of a run that it was sent for; `nil` for one that was sent by itself.
    public var row: RowReference?
    /// What each name that its template may give became when the ledger reserved it, by the
    /// template's name; `nil` where none is reserved. The ledger alone sets it.
    package var names: [String: String]?

    /// What the account at the provider says about a job of unknown outcome.
    public enum Settlement: String, Hashable, Codable, Sendable, CaseIterable {
        /// It was paid for, and its images are lost.
        case bought
        /// Nothing was paid; its row may be sent again.
        case notBought = "not-bought"
    }

    /// Makes a record of a job that is about to be sent.
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

    /// What it has cost or may cost at most, in ``estimate``'s unit; `nil` where no price is known.
    /// A job that failed or was cancelled costs nothing.
    public var worstCost: Double? {
        switch state {
        case .failed, .cancelled: estimate.map { _ in 0 }
        case .finished, .saved: estimate.map { $0.amount * Double(result?.images.count ?? maximumOutputs) }
        case .submitting, .accepted, .unknown: estimate.map { $0.amount * Double(maximumOutputs) }
        }
    }
}
