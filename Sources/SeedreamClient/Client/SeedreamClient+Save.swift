import Cryptography
import Platform
import SeedreamModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SeedreamClient {
    /// Downloads, verifies and saves the images of a finished job.
    ///
    /// Each image is recorded in the ledger before its file gets its final name, so that a killed
    /// process leaves no partial, duplicate or unrecorded file. If images are gone, not there yet,
    /// or incomplete, the client asks the provider up to three times for new URLs.
    ///
    /// - Returns: The job, in state `saved`.
    /// - Throws: ``ClientError`` if an image cannot be downloaded, ``SaveError`` if it cannot be
    ///   written. The job then stays `finished`, the other images are saved, and a later call
    ///   continues. ``RequestError`` for a job without a destination.
    public func save(_ job: JobRecord, reportingTo reporter: ClientReporter? = nil) async throws -> JobRecord
    {
        try await save(job, by: Deadline(after: configuration.jobTimeout), reportingTo: reporter)
    }

    /// Saves the images as ``save(_:reportingTo:)`` does, with a deadline for all calls and waits.
    func save(_ job: JobRecord, by deadline: Deadline, reportingTo reporter: ClientReporter?) async throws
        -> JobRecord
    {
        var plain = ResultSaver(
            ledger: ledger,
            fetching: ResultDownloader(
                provider: provider, base: context.endpoints.api, transport: transport, backoff: backoff,
                deadline: deadline),
            verifier: verifier, toolkit: Self.toolkit)
        plain.spoolFolder = spoolFolder
        let saver = plain
        let shown = ShownFiles()
        var job = job
        var attempt = 1
        while true {
            do {
                return try await saver.save(job) { progress in
                    guard case .saved(let file) = progress, shown.isNew(file) else { return }
                    reporter?.report(.saved(file))
                    guard let notice = file.notice else { return }
                    reporter?.report(
                        .warning(RequestWarning(.unusualFormat, field: "result", "\(file.path): \(notice)")))
                }
            } catch let error as ClientError where error.mayBeThereLater && attempt <= Self.freshTries {
                guard try await backoff.wait(after: attempt, .failure, by: deadline) else { throw error }
                job = await withFreshResult(job, by: deadline)
                attempt += 1
            }
        }
    }

    /// The number of times that results are requested again if they are gone or not there yet. Our
    /// choice.
    private static let freshTries = 3

    /// The files already reported. Each is reported once, even if it is saved again.
    private final class ShownFiles: Sendable {
        private let files = Mutex<Set<SavedFile>>([])

        func isNew(_ file: SavedFile) -> Bool { files.withLock { $0.insert(file).inserted } }
    }

    /// Returns the job as the ledger has it, with the provider's current result: expired URLs are
    /// replaced by new ones.
    private func withFreshResult(_ job: JobRecord, by deadline: Deadline) async -> JobRecord {
        let job = (try? await ledger.job(job.id)) ?? job
        guard let ticket = job.ticket, let images = job.result?.images,
            let fresh = try? await freshImages(of: ticket, atMost: max(job.maximumOutputs, 1), by: deadline),
            fresh.count >= images.count
        else { return job }
        return (try? await update(job) { $0.result?.images = Array(fresh.prefix(images.count)) }) ?? job
    }

    private func freshImages(of ticket: JobTicket, atMost count: Int, by deadline: Deadline) async throws
        -> [GeneratedImage]
    {
        let api = try api(by: deadline)
        if providerAPI.resultRequest(for: ticket, in: context) != nil {
            return try await result(of: ticket, images: count, through: api).images
        }
        let status = try await status(of: ticket, images: count, withLogs: false, through: api)
        if case .completed(let result?) = status.phase { return result.images }
        return []
    }

    /// Returns the result without images beyond the number that can have been bought.
    func bounded(_ result: GenerationResult, for job: JobRecord, _ reporter: ClientReporter?)
        -> GenerationResult
    {
        let most = max(job.maximumOutputs, 1)
        guard result.images.count > most else { return result }
        for image in result.images[most...] {
            if case .file(let path) = image.location { try? FileManager.default.removeItem(atPath: path) }
        }
        reporter?.report(
            .warning(
                RequestWarning(
                    .resultsDropped, field: "count",
                    "expected at most \(most) images, found \(result.images.count): the first \(most) are saved"
                )))
        var bounded = result
        bounded.images = Array(result.images.prefix(most))
        return bounded
    }
}

extension APIClient {
    /// Returns the error for a success reply that cannot be parsed, with the path of a file that
    /// keeps the reply: it may refer to what was paid for.
    package func keeping(_ reply: HTTPReply, _ error: ClientError) -> ClientError {
        guard reply.isSuccess, error.category == .badReply, reply.byteCount > 0 else { return error }
        let text = Array(reply.text.utf8)
        // The name is a digest of the reply, so that a repeated reply is kept once.
        let path =
            "\(spoolFolder)/reply-\(text.withUnsafeBytes { SHA256Digest($0).hexadecimal.prefix(16) }).txt"
        var error = error
        if let url = reply.firstURL { error.message += "; the reply contains \(url)" }
        do throws(FileError) {
            try Folder.make(spoolFolder, mode: 0o700)
            try AtomicFile.write(text, to: path, overwriting: true, mode: 0o600)
            error.message += "; the reply was saved to \(path)"
        } catch {}
        return error
    }
}

extension ClientError {
    /// Whether an image that cannot be downloaded may be available later or at another URL: it is
    /// gone, not there yet, or incomplete.
    fileprivate var mayBeThereLater: Bool {
        category == .result && (isRetryable || status.map([403, 404, 410].contains) == true)
    }
}

extension JobRecord {
    /// Returns whether every image of a saved job is still where it was saved: as a file of the
    /// recorded length, or, if `verifying`, with the recorded bytes.
    package func hasFiles(verifying: Bool) throws -> Bool {
        // A pruned job no longer records where its files are.
        if pruned != nil { return true }
        guard !files.isEmpty, files.count >= result?.images.count ?? 0 else { return false }
        return try files.allSatisfy { file in
            if verifying { return try FileReader.holds(file.path, sha256: file.sha256) }
            guard let status = fileStatus(file.path, followsLinks: false),
                status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == file.byteCount
            else { return false }
            // A `Double` holds a time of this century to better than a microsecond.
            if let time = file.modified, abs(modificationTime(status) - time) < 1e-6 { return true }
            return try FileReader.holds(file.path, sha256: file.sha256)
        }
    }

    /// Returns whether a file of a saved job is missing, has other bytes, or is not in the
    /// destination folder.
    func lacksFiles(in destination: Destination?) throws -> Bool {
        guard files.count >= result?.images.count ?? 0 else { return true }
        let folder = destination.map {
            $0.folder.count > 1 && $0.folder.hasSuffix("/") ? String($0.folder.dropLast()) : $0.folder
        }
        return try files.contains { file in
            if let folder, Folder.containing(file.path) != folder { return true }
            return try !FileReader.holds(file.path, sha256: file.sha256)
        }
    }
}
