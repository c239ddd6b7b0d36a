/// Something that goes wrong with a request, its response or its job.
public enum Fault: Hashable, Sendable {
    /// Delays the response.
    case delay(seconds: Double)
    /// Resets the connection, and refuses new ones for a number of seconds.
    case refuse(seconds: Double)
    /// Resets the connection; ``ResetMoment`` says when, and whether the request has been accepted
    /// by then.
    case reset(ResetMoment)
    /// Reads the request body at a limited speed.
    case slowRead(bytesPerSecond: Int)
    /// Writes the response at a limited speed.
    case slowWrite(bytesPerSecond: Int)
    /// Ends the body and the connection after a number of bytes, although `Content-Length` promises
    /// the whole body.
    case truncate(bytes: Int)
    /// Appends a number of spaces to the body and counts them in `Content-Length`.
    case oversize(bytes: Int)
    /// Sends a `Content-Length` that is wrong by a number of bytes, then closes the connection.
    case contentLength(offBy: Int)
    /// Replaces the `Content-Type`.
    case contentType(String)
    /// Responds with a web page, as a proxy (nginx) does that cannot reach the provider. The
    /// provider does not see the request.
    case html(status: Int)
    /// Cuts the body in half, with a matching length, so that it is not valid JSON.
    case invalidJSON
    /// Responds with an error status and the provider's own error body.
    ///
    /// - Parameters:
    ///   - retryAfter: The value of the header, or `"date:2"` for the HTTP date in two seconds.
    ///   - accepted: Whether the provider accepts and bills the request before the error replaces
    ///     the response.
    case status(Int, retryAfter: String?, accepted: Bool)
    /// Responds with any status, headers and body. The provider does not see the request.
    case answer(status: Int, headers: [String: String], body: String)
    /// The job ends in the provider's internal error; a synchronous call responds with it.
    case jobFails
    /// The job ends in the provider's refusal of the content; a synchronous call responds with it.
    case moderated
    /// The job never ends; a synchronous call never responds.
    case jobHangs
    /// The job is accepted, and unknown from then on.
    case jobVanishes
    /// Sends text with the media type of an image.
    case notAnImage
    /// Redirects to another address. Default in rules: the metadata service of a cloud, a private
    /// address.
    case redirect(location: String)

    /// The moment at which a connection is reset.
    public enum ResetMoment: String, Hashable, Codable, Sendable, CaseIterable {
        /// While the request body is being read. The request has not been accepted.
        case duringRequest = "during-request"
        /// After the request has been read, before the first byte of the response. The request has
        /// not been accepted.
        case beforeHeaders = "before-headers"
        /// After the request has been accepted and billed, before the first byte of the response.
        case afterAccept = "after-accept"
        /// In the middle of the headers. The request has been accepted.
        case inHeaders = "in-headers"
        /// In the middle of the body. The request has been accepted.
        case inBody = "in-body"
    }
}

extension Fault {
    /// The name of the fault in rules, in the log and in the documentation.
    public var word: String {
        switch self {
        case .delay: "delay"
        case .refuse: "refuse"
        case .reset: "reset"
        case .slowRead: "slow-read"
        case .slowWrite: "slow-write"
        case .truncate: "truncate"
        case .oversize: "oversize"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .html: "html"
        case .invalidJSON: "invalid-json"
        case .status: "status"
        case .answer: "answer"
        case .jobFails: "job-fails"
        case .moderated: "moderated"
        case .jobHangs: "job-hangs"
        case .jobVanishes: "job-vanishes"
        case .notAnImage: "not-an-image"
        case .redirect: "redirect"
        }
    }

    /// The numeric member of the fault, its valid range and its value; `nil` for faults without a
    /// number.
    var bounded: (name: String, range: ClosedRange<Double>, value: Double)? {
        switch self {
        case .delay(let seconds), .refuse(let seconds): ("seconds", 0...86_400, seconds)
        case .slowRead(let speed), .slowWrite(let speed):
            ("bytesPerSecond", 1...1_000_000_000, Double(speed))
        case .truncate(let bytes), .oversize(let bytes):
            ("bytes", 0...Double(Self.maximumBytes), Double(bytes))
        case .contentLength(let offset):
            ("offBy", -Double(Self.maximumBytes)...Double(Self.maximumBytes), Double(offset))
        case .html(let status), .status(let status, _, _), .answer(let status, _, _):
            ("status", 200...599, Double(status))
        default: nil
        }
    }

    /// The most bytes that a fault adds to a response or removes from it: 1 GiB. Our limit.
    static let maximumBytes = 1 << 30

    /// The prefix of a `retryAfter` that becomes an HTTP date.
    static let datePrefix = "date:"

    /// Returns the seconds after ``datePrefix``; `nil` if they are not a number or exceed a
    /// century.
    static func seconds(inDate text: String) -> Double? {
        Double(text.dropFirst(datePrefix.count)).flatMap { abs($0) <= 3_155_760_000 ? $0 : nil }
    }

    /// The effect of this fault on a job; `nil` for faults of the connection or the response.
    var fate: JobFate? {
        switch self {
        case .jobFails: .fails
        case .moderated: .moderated
        case .jobHangs: .hangs
        case .jobVanishes: .vanishes
        default: nil
        }
    }

    /// Whether the fault affects the reading of the request, so that it must be chosen before the
    /// body is known.
    var concernsReading: Bool {
        switch self {
        case .slowRead, .reset(.duringRequest): true
        default: false
        }
    }
}

/// The course that a fault rule gives a job, regardless of its input.
enum JobFate: Hashable, Sendable {
    case normal
    /// The job ends in the provider's internal error.
    case fails
    /// The job ends in the provider's refusal of the content.
    case moderated
    /// The job never ends.
    case hangs
    /// The job is accepted, and unknown from then on.
    case vanishes
}
