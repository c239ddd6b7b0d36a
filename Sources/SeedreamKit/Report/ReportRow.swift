public import ImagePreparation
public import Pixels
import SeedreamClient
public import SeedreamModel

/// One row of a ``Report``: its inputs, its results, and the facts about it.
///
/// Every text may be untrusted (a file name, a prompt, a provider's message): the page escapes it.
public struct ReportRow: Sendable {
    /// The state of the row. States that need attention come first.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// There is no result, and the cause is known.
        case failed
        /// It may have been bought; the outcome is unknown.
        case unknown
        /// It was sent and has not ended, or its images are not all saved.
        case open
        /// It was not started.
        case waiting
        /// It was cancelled.
        case cancelled
        /// It was left out deliberately.
        case skipped
        /// There is a result.
        case done
    }

    /// The actual or estimated cost of a row.
    public struct Cost: Hashable, Sendable {
        /// The amount, in ``unit``.
        public var amount: Double
        /// The unit of ``amount``.
        public var unit: Price.Unit
        /// Whether it was computed from a price instead of reported by the provider.
        public var isEstimate: Bool

        /// Makes a cost.
        public init(amount: Double, unit: Price.Unit, isEstimate: Bool) {
            self.amount = amount
            self.unit = unit
            self.isEstimate = isEstimate
        }
    }

    /// The reason why there is no result.
    public struct Failure: Hashable, Sendable {
        /// The expected and the found value, one line.
        public var message: String
        /// What to do, one line. Default: `nil`.
        public var hint: String?

        /// Makes a failure.
        public init(message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }
    }

    /// A labelled value, as `"Seed"` and `"42"`.
    public struct Fact: Hashable, Sendable {
        /// The label.
        public var label: String
        /// The value.
        public var value: String

        /// Makes a fact.
        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// The name for people: a file name, an id, or the first words of a prompt.
    public var name: String
    /// The state of the row.
    public var state: State
    /// The inputs, in the order of the request.
    public var before: [ReportImage] = []
    /// The results, in the provider's order.
    public var after: [ReportImage] = []
    /// The reasons why the sent image differs from the input, a few words each.
    public var reasons: [String] = []
    /// Notices, one line each.
    public var notices: [String] = []
    /// The reason why there is no result.
    public var failure: Failure?
    /// The prompt.
    public var prompt: String?
    /// The cost.
    public var cost: Cost?
    /// The job's id in the ledger.
    public var jobID: String?
    /// The provider's id of the request.
    public var requestID: String?
    /// Further values, in this order.
    public var facts: [Fact] = []

    /// Makes a row without images.
    public init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}

/// One image of a ``ReportRow``.
public struct ReportImage: Sendable {
    /// The source of a thumbnail.
    public enum Content: Sendable {
        /// An image that is read when the report is written.
        case input(ImageInput)
        /// A thumbnail made with ``Thumbnail/init(of:)``.
        case thumbnail(Thumbnail)
        /// No thumbnail, and the reason in a few words.
        case absent(String)
    }

    /// The name for people.
    public var name: String
    /// The file to link to. Default: `nil`. A relative path starts at the current folder.
    public var path: String?
    /// The source of the thumbnail.
    public var content: Content
    /// The display size in px. Default: `nil`, taken from the input when it is read.
    public var size: PixelSize?
    /// The encoded length in bytes. Default: `nil`, taken from the input when it is read.
    public var byteCount: Int?
    /// The format, as `"jpeg"` or `"image/jpeg"`. Default: `nil`, taken from the input when it is
    /// read.
    public var format: String?

    /// Makes an image whose size, length and format are not known yet.
    public init(name: String, path: String? = nil, content: Content) {
        self.name = name
        self.path = path
        self.content = content
    }

    /// Makes the image of a file.
    public init(file path: String) {
        self.init(name: path, path: path, content: .input(.file(path)))
    }
}
