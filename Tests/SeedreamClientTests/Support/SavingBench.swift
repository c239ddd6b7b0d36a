import Foundation
import Pixels
import SeedreamClient
import SeedreamModel
import TestSupport

/// Three images of a provider, one of them inline, and a saver for them.
struct SavingBench: Sendable {
    static let png = (try? Fixtures.bytes("png/rgba-8.png")) ?? []
    static let jpeg = (try? Fixtures.bytes("sampling/444.jpg")) ?? []
    static let webp = (try? Fixtures.bytes("webp/lossy.webp")) ?? []
    static let urls = [
        "https://cdn.host/a.png?X-Signature=SECRET#f", "https://user:pw@cdn.host/b", "https://cdn.host/c",
    ]

    /// The path of the folder.
    let path: String
    /// The folder for images.
    var out: String { "\(path)/out" }
    /// The spool file of the inline image.
    var spool: String { "\(path)/inline-0123456789abcdef0123456789abcdef" }

    let fetching: StubFetching
    let ledger: any JobLedger

    init(
        _ path: String, ledger: any JobLedger = MemoryLedger(),
        answers: [String: StubFetching.Answer] = [:]
    ) {
        self.path = path
        self.ledger = ledger
        var all: [String: StubFetching.Answer] = [
            Self.urls[0]: .bytes(Self.png), Self.urls[1]: .bytes(Self.jpeg), Self.urls[2]: .bytes(Self.webp),
        ]
        all.merge(answers) { $1 }
        fetching = StubFetching(all)
    }

    /// A verifier that knows the three images, and rejects everything else.
    static let verifier = ImageVerifier { path in
        let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
        let known = [(png, "image/png"), (jpeg, "image/jpeg"), (webp, "image/webp")]
        guard let found = known.first(where: { $0.0 == bytes }) else {
            throw ImageVerifier.Rejection("the picture is truncated")
        }
        return ImageVerifier.Verdict(mediaType: found.1, size: PixelSize(width: bytes.count, height: 1))
    }

    var saver: ResultSaver {
        var saver = ResultSaver(
            ledger: ledger, fetching: fetching, verifier: Self.verifier, toolkit: "seedream test")
        saver.spoolFolder = path
        return saver
    }

    /// Inserts a finished job with these images into the ledger, and returns it.
    func job(
        _ locations: [GeneratedImage.Location], template: String = Destination.defaultTemplate,
        request: String = "764cabcf-b745"
    ) async throws -> JobRecord {
        let job = SampleJob.finished(
            locations.map { GeneratedImage(location: $0, contentType: "text/html", byteCount: 7) }, in: out,
            template: template, request: request)
        try await ledger.insert(job)
        return job
    }

    /// Inserts a finished job with a PNG at a URL, an inline JPEG, and a WebP at a URL.
    func usualJob() async throws -> JobRecord {
        try Data(Self.jpeg).write(to: URL(fileURLWithPath: spool))
        return try await job([.url(Self.urls[0]), .file(spool), .url(Self.urls[2])])
    }

    /// Returns the sorted names in the folder, without temporary files.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: out).filter { !$0.hasPrefix(".seedream-") }
            .sorted()
    }

    /// Returns the bytes of a file in the folder.
    func bytes(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(out)/\(name)").map { Array($0) }
    }

    func sidecar(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: bytes(name) ?? [])
    }

    /// The files after saving the usual job.
    static let usualNames = [
        "dog-1.png", "dog-1.png.json", "dog-2.jpg", "dog-2.jpg.json", "dog-3.webp", "dog-3.webp.json",
    ]
}
