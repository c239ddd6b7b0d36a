import AtomicFiles
import Cryptography
import SeedreamModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SeedreamClient {
    /// Fetches the images of a finished job, checks and saves them.
    ///
    /// Each is in the ledger before it has its name, so that a process which is killed leaves none
    /// half, none twice, and none unknown. The provider is asked three times for new URLs of images
    /// that are gone, not there yet, or not whole.
    ///
    /// - Returns: The job, `saved`.
    /// - Throws: ``ClientError`` where an image cannot be had, ``SaveError`` where it cannot be
    ///   written: the job stays `finished`, what could be saved is saved, and calling this again
    ///   goes on. ``RequestError`` for a job without a destination.
    public func save(_ job: JobRecord, reportingTo reporter: ClientReporter? = nil) async throws -> JobRecord
    {
        try await save(job, by: Deadline(after: configuration.jobTimeout), reportingTo: reporter)
    }

    /// As ``save(_:reportingTo:)``, with a deadline over all calls and waits.
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

    /// How often results are asked for again that are gone, or not there yet. Ours.
    private static let freshTries = 3

    /// The files that were reported: each is once, however often it is saved.
    private final class ShownFiles: Sendable {
        private let files = Mutex<Set<SavedFile>>([])

        func isNew(_ file: SavedFile) -> Bool { files.withLock { $0.insert(file).inserted } }
    }

    /// The job as the ledger has it, with what the provider says now about its result: URLs that
    /// have expired are new ones then.
    private func withFreshResult(_ job: JobRecord, by deadline: Deadline) async -> JobRecord {
        let job = (try? await ledger.job(job.id)) ?? job
        guard let ticket = job.ticket, let images = job.result?.images,
            let fresh = try? await freshImages(of: ticket, atMost: max(job.maximumOutputs, 1), by: deadline),
            fresh.count >= images.count
        else { return job }
        return (try? await kept(job) { $0.result?.images = Array(fresh.prefix(images.count)) }) ?? job
    }

    private func freshImages(of ticket: JobTicket, atMost count: Int, by deadline: Deadline) async throws
        -> [GeneratedImage]
    {
        let api = try api(by: deadline)
        if host.resultRequest(for: ticket, in: context) != nil {
            return try await result(of: ticket, pictures: count, through: api).images
        }
        let status = try await status(of: ticket, pictures: count, withLogs: false, through: api)
        if case .completed(let result?) = status.phase { return result.images }
        return []
    }

    /// What is saved of a result: no more images than can have been bought.
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
    /// The error for a reply of success that says nothing which is understood, and where the reply
    /// is kept: what was paid for may be found in it.
    package func keeping(_ reply: HTTPReply, _ error: ClientError) -> ClientError {
        guard reply.isSuccess, error.category == .badReply, reply.byteCount > 0 else { return error }
        let text = Array(reply.text.utf8)
        // One file for one reply, however often it comes.
        let path =
            "\(spoolFolder)/reply-\(text.withUnsafeBytes { SHA256Digest($0).hexadecimal.prefix(16) }).txt"
        var error = error
        if let url = reply.firstURL { error.message += "; it names \(url)" }
        do throws(FileError) {
            try Folder.make(spoolFolder, mode: 0o700)
            try AtomicFile.write(text, to: path, overwriting: true, mode: 0o600)
            error.message += "; it is kept in \(path)"
        } catch {}
        return error
    }
}

extension ClientError {
    /// Whether an image that cannot be had may be had in a moment, or from another URL: it is gone,
    /// not there yet, or not whole.
    fileprivate var mayBeThereLater: Bool {
        category == .result && (isRetryable || status.map([403, 404, 410].contains) == true)
    }
}

extension JobRecord {
    /// Whether every image of a saved job is where it was saved: a file of its length, or,
    /// verifying, with its bytes.
    package func hasFiles(verifying: Bool) throws -> Bool {
        // Where they are was forgotten.
        if pruned != nil { return true }
        guard !files.isEmpty, files.count >= result?.images.count ?? 0 else { return false }
        return try files.allSatisfy { file in
            if verifying { return try FileReader.holds(file.path, sha256: file.sha256) }
            guard let status = fileStatus(file.path, followsLinks: false),
                status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == file.byteCount
            else { return false }
            // A double holds a time of this century to less than a microsecond.
            if let time = file.modified, abs(modificationTime(status) - time) < 1e-6 { return true }
            return try FileReader.holds(file.path, sha256: file.sha256)
        }
    }

    /// Whether a file of a saved job is not there with its bytes, or not in the folder where it is
    /// wanted.
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
