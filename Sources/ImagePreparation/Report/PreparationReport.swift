public import SeedreamModel

/// The JSON document of a plan or a preparation, schema 1.
public struct PreparationReport: Hashable, Codable, Sendable {
    /// Sums over the document.
    public struct Totals: Hashable, Codable, Sendable {
        /// Entries of `images`.
        public var images: Int
        /// Entries of `failed`.
        public var failed: Int
        /// Entries of `dropped`.
        public var dropped: Int
        /// Encoded bytes of all images; 0 in a plan.
        public var preparedBytes: Int
        /// Characters of all data URIs; 0 in a plan.
        public var dataURIBytes: Int
    }

    /// The version of this format. Readers must accept new keys and new words.
    public var schema = 1
    /// Planned or prepared images, in input order.
    public var images: [ImageRecord]
    /// Failed inputs, in input order.
    public var failed: [FailureRecord]
    /// Inputs that the request has no room for.
    public var dropped: [DroppedInput]
    /// Inputs whose files are there, and were left as they are, in input order; absent without any.
    public var skipped: [SkippedRecord]?
    /// Sums.
    public var totals: Totals
    /// Why nothing at all could be done; absent otherwise.
    public var error: FailureRecord.Failure?

    /// Makes a document from its entries.
    public init(
        images: [ImageRecord], failed: [FailureRecord], dropped: [DroppedInput], skipped: [SkippedRecord] = []
    ) {
        self.images = images
        self.failed = failed
        self.dropped = dropped
        self.skipped = skipped.isEmpty ? nil : skipped
        totals = Totals(
            images: images.count, failed: failed.count, dropped: dropped.count,
            preparedBytes: images.reduce(0) { $0 + ($1.prepared.bytes ?? 0) },
            dataURIBytes: images.reduce(0) { $0 + ($1.prepared.dataURILength ?? 0) })
    }

    /// The document of a run that could not begin, as its folder for results cannot be used.
    public init(outputFailure message: String, hint: String) {
        self.init(images: [], failed: [], dropped: [])
        error = FailureRecord.Failure(code: .outputFailed, message: message, hint: hint)
    }

    /// The document of a plan.
    public init(_ plan: PreparationPlan) {
        self.init(
            images: plan.images.map { ImageRecord($0) }, failed: plan.failed.map { FailureRecord($0) },
            dropped: plan.dropped)
    }
}

/// One failed input of the JSON.
public struct FailureRecord: Hashable, Codable, Sendable {
    /// Why.
    public struct Failure: Hashable, Codable, Sendable {
        /// The word for it.
        public var code: ErrorCode
        /// Expected and found, one line.
        public var message: String
        /// What to do about it, one line.
        public var hint: String

        /// Makes a failure.
        public init(code: ErrorCode, message: String, hint: String) {
            (self.code, self.message, self.hint) = (code, message, hint)
        }
    }

    /// `"failed"`.
    public var status: String
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt would have meant by it.
    public var position: Int
    /// Its name.
    public var name: String
    /// Why.
    public var error: Failure

    /// The record of a failed input.
    public init(_ input: FailedInput) {
        self.init(
            index: input.index, position: input.position, name: input.name,
            error: Failure(code: input.code, message: input.message, hint: input.hint))
    }

    /// The record of an image that could not be written.
    public init(_ image: PreparedImage, outputFailure message: String, hint: String) {
        self.init(
            index: image.index, position: image.position, name: image.source.name,
            error: Failure(code: .outputFailed, message: message, hint: hint))
    }

    private init(index: Int, position: Int, name: String, error: Failure) {
        status = "failed"
        self.index = index
        self.position = position
        self.name = name
        self.error = error
    }
}

/// One input of the JSON that was not prepared, since its file is there.
public struct SkippedRecord: Hashable, Codable, Sendable {
    /// `"skipped"`.
    public var status: String
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1".
    public var position: Int
    /// Its name.
    public var name: String
    /// The file that is there.
    public var path: String

    /// Makes a record.
    public init(index: Int, position: Int, name: String, path: String) {
        status = "skipped"
        (self.index, self.position, self.name, self.path) = (index, position, name, path)
    }
}
