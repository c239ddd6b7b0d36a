import Pixels

/// The last requests, and small pictures of what they carried.
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

    /// Changes what is known of a request.
    func update(_ number: Int, _ change: @Sendable (inout RecordedRequest) -> Void) {
        guard let index = requests.firstIndex(where: { $0.number == number }) else { return }
        change(&requests[index])
    }

    /// Adds what a request has carried, once it is read.
    func note(inputs: [InputPicture], of number: Int) {
        guard let index = requests.firstIndex(where: { $0.number == number }) else { return }
        requests[index].inputs = inputs.map { picture in
            picture.size.map { "\($0.width)x\($0.height) \(picture.kind) \(picture.byteCount) bytes" }
                ?? picture.kind
        }
        thumbnails[requests[index].number] = inputs.map(\.thumbnail)
    }

    /// The last requests, the oldest first.
    var all: [RecordedRequest] { requests }

    /// A small JPEG of an input.
    func thumbnail(_ number: Int, _ index: Int) -> [UInt8]? {
        guard let pictures = thumbnails[number], pictures.indices.contains(index) else { return nil }
        return pictures[index]
    }

    /// Forgets everything but the numbering.
    func reset() {
        requests = []
        thumbnails = [:]
    }
}
