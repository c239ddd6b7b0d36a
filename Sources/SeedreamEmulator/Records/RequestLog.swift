import Pixels
public import SeedreamModel

/// A request that the emulator received, without its payload.
public struct RecordedRequest: Hashable, Codable, Sendable {
    /// The number of the request, from 1, in the order of arrival.
    public var number: Int
    /// The time of arrival, in seconds since 1970.
    public var receivedAt: Double
    /// The provider that the request addressed.
    public var provider: EmulatedProvider?
    /// The operation, as in fault rules; `nil` if the provider has no such path.
    public var operation: String?
    /// The method, as sent.
    public var method: String
    /// The host and the path with its query, as sent.
    public var target: String
    /// The headers as sent, in order; values that carry a key are replaced by `"redacted"`.
    public var headers: [[String]]
    /// The size of the body, in bytes.
    public var bodyBytes = 0
    /// The SHA-256 of the body; `nil` without a body.
    public var bodySHA256: String?
    /// The body as JSON, with data URIs cut after 64 characters; `nil` if it is not JSON, or longer
    /// than 64 KiB after the cuts.
    public var body: JSONValue?
    /// The status of the response; `nil` until there is one, and if the connection was cut instead.
    public var status: Int?
    /// The names of the faults that struck.
    public var faults: [String] = []
    /// The ID that the provider assigned.
    public var requestID: String?
    /// A description of each input image that was read.
    public var inputs: [String] = []
    /// The time until the response was ready, in seconds.
    public var seconds: Double?
}

/// The most recent requests, with thumbnails of their input images.
actor RequestLog {
    private var requests: [RecordedRequest] = []
    private var thumbnails: [Int: [[UInt8]]] = [:]
    private var counter = 0
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Records a request.
    ///
    /// - Returns: Its number.
    func add(_ request: RecordedRequest) -> Int {
        counter += 1
        var request = request
        request.number = counter
        requests.append(request)
        if requests.count > capacity {
            let oldest = requests.removeFirst()
            thumbnails[oldest.number] = nil
        }
        return counter
    }

    /// Updates the record of a request.
    func update(_ number: Int, _ change: @Sendable (inout RecordedRequest) -> Void) {
        guard let index = requests.firstIndex(where: { $0.number == number }) else { return }
        change(&requests[index])
    }

    /// Records the input images of a request once they have been read.
    func note(inputs: [InputImage], of number: Int) {
        guard let index = requests.firstIndex(where: { $0.number == number }) else { return }
        requests[index].inputs = inputs.map { image in
            image.size.map { "\($0.width)x\($0.height) \(image.kind) \(image.byteCount) bytes" }
                ?? image.kind
        }
        thumbnails[requests[index].number] = inputs.map(\.thumbnail)
    }

    /// The most recent requests, oldest first.
    var all: [RecordedRequest] { requests }

    /// Returns a small JPEG of an input image.
    func thumbnail(_ number: Int, _ index: Int) -> [UInt8]? {
        guard let images = thumbnails[number], images.indices.contains(index) else { return nil }
        return images[index]
    }

    /// Deletes all requests; the numbering continues.
    func reset() {
        requests = []
        thumbnails = [:]
    }
}
