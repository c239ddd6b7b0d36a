/// The operation that a fault strikes, how often, and with which probability.
///
/// In JSON, the fault's parameters are members of the rule:
/// `{"operation":"fal.submit","fault":"status","status":429,"retryAfter":"2","count":2}`. Unknown
/// members are rejected, so that a misspelt one is not silently ignored.
public struct FaultRule: Hashable, Sendable {
    /// The operation or a pattern: `"fal.submit"`, `"fal.*"`, `"*.download"` or `"*"`.
    public var operation: String
    /// The fault.
    public var fault: Fault
    /// The number of matching requests to skip first. Default: 0.
    public var skip = 0
    /// The number of requests to strike after those; all of them if `nil`, the default.
    public var count: Int?
    /// The probability that a request is struck once its turn has come, from 0 to 1. Default: 1.
    /// Requests that are spared do not count.
    public var probability = 1.0
    /// A text that the prompt must contain; any prompt matches if `nil`, the default.
    public var prompt: String?

    /// Creates a rule.
    public init(
        _ operation: String, _ fault: Fault, skip: Int = 0, count: Int? = nil, probability: Double = 1,
        prompt: String? = nil
    ) {
        self.operation = operation
        self.fault = fault
        self.skip = skip
        self.count = count
        self.probability = probability
        self.prompt = prompt
    }

    /// Returns whether the rule applies to an operation.
    func covers(_ name: String) -> Bool {
        let pattern = operation.split(separator: ".")
        let parts = name.split(separator: ".")
        if pattern == ["*"] { return true }
        return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
    }
}

extension FaultRule: Codable {
    private struct Name: CodingKey, Hashable {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
        init(_ name: String) { stringValue = name }
    }

    private static let common: Set<String> = ["operation", "fault", "skip", "count", "probability", "prompt"]

    /// Decodes the form shown at ``FaultRule``.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        var known = Self.common
        func value<Value: Decodable>(_ name: String, _ standard: Value) throws -> Value {
            known.insert(name)
            return try members.decodeIfPresent(Value.self, forKey: Name(name)) ?? standard
        }
        func refuse(_ text: String, _ name: String) -> DecodingError {
            .dataCorruptedError(forKey: Name(name), in: members, debugDescription: text)
        }
        let word = try members.decode(String.self, forKey: Name("fault"))
        let fault: Fault
        switch word {
        case "delay": fault = .delay(seconds: try value("seconds", 1.0))
        case "refuse": fault = .refuse(seconds: try value("seconds", 1.0))
        case "reset":
            let at: String = try value("at", Fault.ResetMoment.beforeHeaders.rawValue)
            guard let moment = Fault.ResetMoment(rawValue: at) else {
                let words = Fault.ResetMoment.allCases.map(\.rawValue).joined(separator: ", ")
                throw refuse("expected one of \(words), found \"\(at)\"", "at")
            }
            fault = .reset(moment)
        case "slow-read": fault = .slowRead(bytesPerSecond: try value("bytesPerSecond", 1000))
        case "slow-write": fault = .slowWrite(bytesPerSecond: try value("bytesPerSecond", 1000))
        case "truncate": fault = .truncate(bytes: try value("bytes", 10))
        case "oversize": fault = .oversize(bytes: try value("bytes", 1_000_000))
        case "content-length": fault = .contentLength(offBy: try value("offBy", 100))
        case "content-type": fault = .contentType(try value("type", "text/html"))
        case "html": fault = .html(status: try value("status", 502))
        case "invalid-json": fault = .invalidJSON
        case "status":
            known.insert("status")
            fault = .status(
                try members.decode(Int.self, forKey: Name("status")),
                retryAfter: try value("retryAfter", nil),
                accepted: try value("accepted", false))
        case "answer":
            fault = .answer(
                status: try value("status", 200), headers: try value("headers", [:]),
                body: try value("body", ""))
        case "job-fails": fault = .jobFails
        case "moderated": fault = .moderated
        case "job-hangs": fault = .jobHangs
        case "job-vanishes": fault = .jobVanishes
        case "not-an-image": fault = .notAnImage
        case "redirect": fault = .redirect(location: try value("location", Self.privateAddress))
        default: throw refuse("there is no fault \"\(word)\"", "fault")
        }
        let operation = try members.decode(String.self, forKey: Name("operation"))
        self.init(
            operation, fault, skip: try value("skip", 0), count: try value("count", nil),
            probability: try value("probability", 1.0), prompt: try value("prompt", nil))
        if let unknown = members.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() {
            throw refuse("\"\(word)\" has no member \"\(unknown)\"", unknown)
        }
        guard (0...1).contains(probability) else {
            throw refuse("expected 0 to 1, found \(probability)", "probability")
        }
        if let (name, range, number) = fault.bounded, !range.contains(number) {
            let (least, most) = (Int(range.lowerBound), Int(range.upperBound))
            let found = Int(exactly: number).map { "\($0)" } ?? "\(number)"
            throw refuse("expected \(least) to \(most), found \(found)", name)
        }
        if case .status(_, let retryAfter?, _) = fault, retryAfter.hasPrefix(Fault.datePrefix),
            Fault.seconds(inDate: retryAfter) == nil
        {
            throw refuse("expected date: and seconds, found \"\(retryAfter)\"", "retryAfter")
        }
    }

    /// The address of the clouds' link-local metadata services, which a client must never request.
    public static let privateAddress = "http://169.254.169.254/latest/meta-data/"

    /// Encodes the form shown at ``FaultRule``.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Name.self)
        try members.encode(operation, forKey: Name("operation"))
        try members.encode(fault.word, forKey: Name("fault"))
        if skip != 0 { try members.encode(skip, forKey: Name("skip")) }
        try members.encodeIfPresent(count, forKey: Name("count"))
        if probability != 1 { try members.encode(probability, forKey: Name("probability")) }
        try members.encodeIfPresent(prompt, forKey: Name("prompt"))
        switch fault {
        case .delay(let seconds), .refuse(let seconds): try members.encode(seconds, forKey: Name("seconds"))
        case .reset(let moment): try members.encode(moment, forKey: Name("at"))
        case .slowRead(let speed), .slowWrite(let speed):
            try members.encode(speed, forKey: Name("bytesPerSecond"))
        case .truncate(let bytes), .oversize(let bytes): try members.encode(bytes, forKey: Name("bytes"))
        case .contentLength(let offset): try members.encode(offset, forKey: Name("offBy"))
        case .contentType(let type): try members.encode(type, forKey: Name("type"))
        case .html(let status): try members.encode(status, forKey: Name("status"))
        case .status(let status, let retryAfter, let accepted):
            try members.encode(status, forKey: Name("status"))
            try members.encodeIfPresent(retryAfter, forKey: Name("retryAfter"))
            if accepted { try members.encode(accepted, forKey: Name("accepted")) }
        case .answer(let status, let headers, let body):
            try members.encode(status, forKey: Name("status"))
            try members.encode(headers, forKey: Name("headers"))
            try members.encode(body, forKey: Name("body"))
        case .redirect(let location): try members.encode(location, forKey: Name("location"))
        case .invalidJSON, .jobFails, .moderated, .jobHangs, .jobVanishes, .notAnImage: break
        }
    }
}
