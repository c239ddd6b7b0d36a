/// What goes wrong.
public enum Fault: Hashable, Sendable {
    /// The answer comes so many seconds late.
    case delay(seconds: Double)
    /// The connection is reset, and the port is closed to new ones for so many seconds.
    case refuse(seconds: Double)
    /// The connection is reset; see ``ResetMoment`` for when, and for what has been taken by then.
    case reset(ResetMoment)
    /// The request body is read at so many bytes a second.
    case slowRead(bytesPerSecond: Int)
    /// The answer is written at so many bytes a second.
    case slowWrite(bytesPerSecond: Int)
    /// The body ends, and the connection with it, after so many bytes of what `Content-Length`
    /// promises.
    case truncate(bytes: Int)
    /// So many bytes of rubbish follow the body, and are part of `Content-Length`.
    case oversize(bytes: Int)
    /// `Content-Length` is wrong by so many bytes; then the connection ends.
    case contentLength(offBy: Int)
    /// Another `Content-Type`.
    case contentType(String)
    /// A web page, as a proxy answers that cannot reach the host (nginx); the host does not see the
    /// request.
    case html(status: Int)
    /// The body is cut in the middle, with the length that is left, so that it is no JSON.
    case invalidJSON
    /// An error status with the host's own body.
    ///
    /// - Parameters:
    ///   - retryAfter: The header as it stands, or `"date:2"` for the HTTP date in two seconds.
    ///   - accepted: Whether the host takes and bills the request before the error is made of the
    ///     answer.
    case status(Int, retryAfter: String?, accepted: Bool)
    /// Any answer at all; the host does not see the request.
    case answer(status: Int, headers: [String: String], body: String)
    /// The job ends in the host's internal error; a synchronous call answers with it.
    case jobFails
    /// The job ends in the host's refusal of the content.
    case moderated
    /// The job never ends; a synchronous call never answers.
    case jobHangs
    /// The job is accepted, and unknown from then on.
    case jobVanishes
    /// Text, under the media type of a picture.
    case notAnImage
    /// A redirect to another address: a private one, by default the metadata service of a cloud.
    case redirect(location: String)

    /// When a connection is reset.
    public enum ResetMoment: String, Hashable, Codable, Sendable, CaseIterable {
        /// While the request body is being read. Nothing has been taken.
        case duringRequest = "during-request"
        /// After the request, before a byte of the answer. Nothing has been taken.
        case beforeHeaders = "before-headers"
        /// After the request was taken and billed, before a byte of the answer.
        case afterAccept = "after-accept"
        /// In the middle of the headers. The request has been taken.
        case inHeaders = "in-headers"
        /// In the middle of the body. The request has been taken.
        case inBody = "in-body"
    }
}

extension Fault {
    /// The word that stands for the kind in a rule, in the log and in the README.
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

    /// The member that has a range, the range, and its value; `nil` for faults without a number.
    var bounded: (name: String, range: ClosedRange<Double>, value: Double)? {
        switch self {
        case .delay(let seconds), .refuse(let seconds): ("seconds", 0...86_400, seconds)
        case .slowRead(let speed), .slowWrite(let speed):
            ("bytesPerSecond", 1...1_000_000_000, Double(speed))
        case .truncate(let bytes), .oversize(let bytes):
            ("bytes", 0...Double(Self.mostBytes), Double(bytes))
        case .contentLength(let offset):
            ("offBy", -Double(Self.mostBytes)...Double(Self.mostBytes), Double(offset))
        case .html(let status), .status(let status, _, _), .answer(let status, _, _):
            ("status", 200...599, Double(status))
        default: nil
        }
    }

    /// Of what a fault adds to an answer, or takes away: 1 GiB; ours.
    static let mostBytes = 1 << 30

    /// The beginning of a `retryAfter` that becomes an HTTP date.
    static let datePrefix = "date:"

    /// The seconds behind ``datePrefix``; `nil` for what is no number, and for more than a century.
    static func seconds(inDate text: String) -> Double? {
        Double(text.dropFirst(datePrefix.count)).flatMap { abs($0) <= 3_155_760_000 ? $0 : nil }
    }

    /// What becomes of a job under this fault; `nil` for faults of the wire.
    var fate: JobFate? {
        switch self {
        case .jobFails: .fails
        case .moderated: .moderated
        case .jobHangs: .hangs
        case .jobVanishes: .vanishes
        default: nil
        }
    }

    /// Whether the fault concerns the reading of the request, so that it is chosen before the body
    /// is known.
    var concernsReading: Bool {
        switch self {
        case .slowRead, .reset(.duringRequest): true
        default: false
        }
    }
}
