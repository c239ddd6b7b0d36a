import Cryptography
import Pixels
import Platform
import SeedreamModel
import Synchronization

extension ResultSaver {
    /// A downloaded and verified image in its temporary file.
    struct ReceivedImage: Sendable {
        let file: AtomicFile
        let sha256: String
        let byteCount: Int
        let format: ImageSignature.Format
        let size: PixelSize?
        let notice: String?
    }

    /// Downloads an image to a temporary file and verifies it.
    func receive(
        _ image: GeneratedImage, _ index: Int, of job: JobRecord, _ folder: String,
        _ progress: @escaping @Sendable (SavingProgress) -> Void
    ) async throws -> ReceivedImage {
        let writer = try DownloadWriter(in: folder) {
            progress(.received(index: index, byteCount: $0))
        }
        switch image.location {
        case .url(let url):
            _ = try await fetching.fetch(
                url, maximum: maximumBytes, begin: { try writer.begin() },
                write: { try writer.write($0) })
        case .file(let path):
            let length = try FileReader.read(path) { piece in
                try Task.checkCancellation()
                try writer.write(Array(piece))
            }
            guard length != nil else {
                throw ImageVerifier.Rejection("the image from the reply is no longer at \(path)")
            }
        }
        do {
            return try await verified(writer, image, expectsTransparency: job.expectsTransparency(of: image))
        } catch var rejection as ImageVerifier.Rejection {
            if case .file(let path) = image.location { rejection.description += "; its bytes are in \(path)" }
            throw rejection
        }
    }

    private func verified(
        _ writer: DownloadWriter, _ image: GeneratedImage, expectsTransparency: Bool
    ) async throws -> ReceivedImage {
        let (prefix, byteCount) = (writer.prefix, writer.byteCount)
        guard let format = ImageSignature.format(of: prefix) else {
            throw ImageVerifier.Rejection(
                "expected an image, found \(ImageSignature.description(of: prefix)) (\(byteCount) bytes)")
        }
        try writer.file.finish()
        var size: PixelSize?
        var notice = format.isUsual ? nil : "saved as \(format.name), as received"
        do {
            let verdict = try await verify(writer.file.path, as: format, byteCount, image)
            size = verdict?.size
            if expectsTransparency, verdict?.isTransparent == false {
                notice =
                    "a transparent background was asked for, and the \(format.name) is opaque; saved as received"
            }
        } catch let rejection as ImageVerifier.Rejection where rejection.isUnsupported {
            notice = "saved as \(format.name), as received, and not verified: \(rejection)"
        }
        return ReceivedImage(
            file: writer.file, sha256: writer.digest(), byteCount: byteCount, format: format,
            size: size,
            notice: notice)
    }

    private func verify(
        _ path: String, as format: ImageSignature.Format, _ byteCount: Int, _ image: GeneratedImage
    ) async throws -> ImageVerifier.Verdict? {
        guard let verifier else { return nil }
        do {
            let verdict = try await verifier.verify(path)
            // HEIC and AVIF are kinds of HEIF, and one file may list the brands of several.
            let family = ["image/heif", "image/heic", "image/avif"]
            guard
                verdict.mediaType == format.mediaType
                    || family.contains(verdict.mediaType) && family.contains(format.mediaType)
            else {
                throw ImageVerifier.Rejection(
                    "it begins like \(format.mediaType) but decodes as \(verdict.mediaType)")
            }
            return verdict
        } catch let rejection as ImageVerifier.Rejection where !rejection.isUnsupported {
            // Providers round the length, or give that of another file: only a hint for the reader
            // of the error.
            guard let told = image.byteCount, told != byteCount else { throw rejection }
            throw ImageVerifier.Rejection(
                "\(rejection.description) (the provider announced \(told) bytes, \(byteCount) were received)")
        }
    }
}

/// Writes the bytes of an image to a temporary file and computes their digest.
final class DownloadWriter: Sendable {
    private struct State: ~Copyable {
        var digest = SHA256Stream()
        var prefix: [UInt8] = []
        var byteCount = 0
    }

    let file: AtomicFile
    private let state = Mutex(State())
    private let progress: @Sendable (Int) -> Void

    /// Creates the temporary file.
    ///
    /// - Parameter progress: Called with the number of bytes received so far.
    init(in folder: String, progress: @escaping @Sendable (Int) -> Void) throws(FileError) {
        file = try AtomicFile(in: folder)
        self.progress = progress
    }

    /// Discards the bytes of an earlier attempt.
    func begin() throws {
        try file.restart()
        state.withLock { state in
            state.digest.reset()
            state.prefix = []
            state.byteCount = 0
        }
        progress(0)
    }

    func write(_ bytes: [UInt8]) throws {
        try file.write(bytes)
        let count = state.withLock { state in
            state.digest.update(bytes)
            state.prefix += bytes.prefix(ImageSignature.length - state.prefix.count)
            state.byteCount += bytes.count
            return state.byteCount
        }
        progress(count)
    }

    /// The number of bytes received so far.
    var byteCount: Int { state.withLock { $0.byteCount } }
    /// The first bytes, for ``ImageSignature``.
    var prefix: [UInt8] { state.withLock { $0.prefix } }
    /// Returns the SHA-256 digest of all bytes, in hexadecimal. Call only once.
    func digest() -> String { state.withLock { $0.digest.finish().hexadecimal } }
}
