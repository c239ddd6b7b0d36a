public import SeedreamModel

/// The JSON document of a plan or a preparation, schema 1.
public struct PreparationReport: Hashable, Codable, Sendable {
    /// The totals of the document.
    public struct Totals: Hashable, Codable, Sendable {
        /// The number of entries in `images`.
        public var images: Int
        /// The number of entries in `failed`.
        public var failed: Int
        /// The number of entries in `dropped`.
        public var dropped: Int
        /// The encoded size of all images in bytes; 0 in a plan.
        public var preparedBytes: Int
        /// The length of all data URIs in characters; 0 in a plan.
        public var dataURIBytes: Int
    }

    /// The version of the format. Readers must accept new keys and new words.
    public var schema = 1
    /// The planned or prepared images, in input order.
    public var images: [ImageRecord]
    /// The failed inputs, in input order.
    public var failed: [FailureRecord]
    /// The inputs dropped because the request has no room for them.
    public var dropped: [DroppedInput]
    /// The inputs that were skipped because their output files exist, in input order; absent if
    /// there are none.
    public var skipped: [SkippedRecord]?
    /// The totals.
    public var totals: Totals
    /// The error that prevented all work; absent otherwise.
    public var error: FailureRecord.Failure?

    /// Creates a document from its entries.
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

    /// Creates the document of a run that could not begin because its output folder is unusable.
    public init(outputFailure message: String, hint: String) {
        self.init(images: [], failed: [], dropped: [])
        error = FailureRecord.Failure(code: .outputFailed, message: message, hint: hint)
    }

    /// Creates the document of a plan.
    public init(_ plan: PreparationPlan) {
        self.init(
            images: plan.images.map { ImageRecord($0) }, failed: plan.failed.map { FailureRecord($0) },
            dropped: plan.dropped)
    }
}

/// One failed input in the JSON.
public struct FailureRecord: Hashable, Codable, Sendable {
    /// The error of a failed input.
    public struct Failure: Hashable, Codable, Sendable {
        /// The error code.
        public var code: ErrorCode
        /// The values expected and found, on one line.
        public var message: String
        /// The advice, on one line.
        public var hint: String

        /// Creates a failure.
        public init(code: ErrorCode, message: String, hint: String) {
            (self.code, self.message, self.hint) = (code, message, hint)
        }
    }

    /// The status, always `"failed"`.
    public var status: String
    /// The index of the input, from 0.
    public var index: Int
    /// The number the image would have in a prompt.
    public var position: Int
    /// The input's name.
    public var name: String
    /// The error of a failed input.
    public var error: Failure

    /// Creates the record of a failed input.
    public init(_ input: FailedInput) {
        self.init(
            index: input.index, position: input.position, name: input.name,
            error: Failure(code: input.code, message: input.message, hint: input.hint))
    }

    /// Creates the record of an image that could not be written.
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

/// One input in the JSON that was not prepared because its output file exists.
public struct SkippedRecord: Hashable, Codable, Sendable {
    /// The status, always `"skipped"`.
    public var status: String
    /// The index of the input, from 0.
    public var index: Int
    /// The image's number in a prompt ("image 1").
    public var position: Int
    /// The input's name.
    public var name: String
    /// The path of the existing file.
    public var path: String

    /// Creates a record.
    public init(index: Int, position: Int, name: String, path: String) {
        status = "skipped"
        (self.index, self.position, self.name, self.path) = (index, position, name, path)
    }
}
