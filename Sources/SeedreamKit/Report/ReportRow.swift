public import ImagePreparation
public import Pixels
public import SeedreamClient

/// One row of a ``Report``: what went in, what came out, and what is known about it.
///
/// Every text may come from outside (a file name, a prompt, a provider's message): the page escapes
/// it.
public struct ReportRow: Sendable {
    /// What became of the row; those that need a person come first.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// There is no result, and the cause is known.
        case failed
        /// It may have been bought; the outcome is not known.
        case unknown
        /// It was sent and has not ended, or its images are not all here.
        case open
        /// It was not begun.
        case waiting
        /// It was cancelled.
        case cancelled
        /// It was left out on purpose.
        case skipped
        /// There is a result.
        case done
    }

    /// What the row cost, or would cost.
    public struct Cost: Hashable, Sendable {
        /// How much, in ``unit``.
        public var amount: Double
        /// What ``amount`` counts.
        public var unit: Price.Unit
        /// Whether it was computed from a price, not stated by the provider.
        public var isEstimate: Bool

        /// Makes a cost.
        public init(amount: Double, unit: Price.Unit, isEstimate: Bool) {
            self.amount = amount
            self.unit = unit
            self.isEstimate = isEstimate
        }
    }

    /// Why there is no result.
    public struct Failure: Hashable, Sendable {
        /// Expected and found, one line.
        public var message: String
        /// What to do about it, one line. Default: `nil`, for nothing.
        public var hint: String?

        /// Makes a failure.
        public init(message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }
    }

    /// A value with its label, as `"Seed"` and `"42"`.
    public struct Fact: Hashable, Sendable {
        /// What the value is.
        public var label: String
        /// The value.
        public var value: String

        /// Makes a fact.
        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// What people call the row: a file name, an id, or the first words of a prompt.
    public var name: String
    /// What became of it.
    public var state: State
    /// The inputs, in the order of the request.
    public var before: [ReportImage] = []
    /// The results, in the provider's order.
    public var after: [ReportImage] = []
    /// Why what is sent differs from what was given, a few words each.
    public var reasons: [String] = []
    /// What a person should know, one line each.
    public var notices: [String] = []
    /// Why there is no result.
    public var failure: Failure?
    /// What was asked for.
    public var prompt: String?
    /// What it cost.
    public var cost: Cost?
    /// The job's id in the ledger.
    public var jobID: String?
    /// The provider's id of the request.
    public var requestID: String?
    /// What else is shown, in this order.
    public var facts: [Fact] = []

    /// Makes a row without images.
    public init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}

/// One image of a ``ReportRow``.
public struct ReportImage: Sendable {
    /// What a thumbnail is made of.
    public enum Content: Sendable {
        /// An image, which is read when the report is written.
        case input(ImageInput)
        /// A thumbnail that was made before, by ``Thumbnail/init(of:)``.
        case thumbnail(Thumbnail)
        /// Nothing, and why, in a few words.
        case absent(String)
    }

    /// What people call it.
    public var name: String
    /// The file that a click opens. Default: `nil`, for none. A relative path starts at the current
    /// folder.
    public var path: String?
    /// What the thumbnail is made of.
    public var content: Content
    /// Its display size, in px. Default: `nil`, for that of the input when it is read.
    public var size: PixelSize?
    /// Its encoded length in bytes. Default: `nil`, for that of the input when it is read.
    public var byteCount: Int?
    /// Its format, as `"jpeg"`. Default: `nil`, for that of the input when it is read.
    public var format: String?

    /// Makes an image of which nothing else is known yet.
    public init(name: String, path: String? = nil, content: Content) {
        self.name = name
        self.path = path
        self.content = content
    }

    /// A file.
    public init(file path: String) {
        self.init(name: path, path: path, content: .input(.file(path)))
    }
}
