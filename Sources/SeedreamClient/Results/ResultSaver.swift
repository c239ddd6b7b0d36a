import AtomicFiles
import SeedreamModel

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

/// Brings the pictures of a finished job home: each one is fetched, checked, recorded, published
/// under a name of its own, and given a sidecar.
///
/// A process may be killed at any moment. What the ledger has recorded before a file gets its name
/// tells the next process whether the file is there: with the recorded digest it is done, without
/// it is fetched again.
package struct ResultSaver: Sendable {
    /// Where jobs are kept; the job is claimed by the caller.
    package var ledger: any JobLedger
    /// Fetches URLs.
    package var fetching: any ResultFetching
    /// Decodes pictures; without it, their first bytes are all that is looked at.
    package var verifier: PictureVerifier?
    /// What sidecars name as their writer, as `seedream 0.1.0`.
    package var toolkit: String
    /// The most bytes of one picture. 64 MiB by default: 4096x4096 px of PNG that does not compress
    /// are 48 MiB.
    package var maximumBytes = 64 << 20
    /// Where images of replies wait; only files of this folder are removed once they are saved.
    /// Default: `nil`.
    package var spoolFolder: String?
    /// How many pictures are fetched at the same time. 4 by default; our number.
    package var concurrency = 4

    package init(
        ledger: any JobLedger, fetching: any ResultFetching, verifier: PictureVerifier?, toolkit: String
    ) {
        self.ledger = ledger
        self.fetching = fetching
        self.verifier = verifier
        self.toolkit = toolkit
    }

    /// Saves all pictures of a job in state `finished`. Of one that is `saved` nothing is left to
    /// do.
    ///
    /// A picture that cannot be had does not keep the others from being saved.
    ///
    /// - Returns: The job, `saved`.
    /// - Throws: ``ClientError`` of category `result` that names the first picture that could not
    ///   be had, when all others are saved; ``SaveError`` where nothing can be written; either is
    ///   recorded as ``JobRecord/error``, and the job stays `finished`. ``LedgerError``; with
    ///   ``LedgerError/forbiddenTransition(from:to:)`` for a job in another state. ``RequestError``
    ///   for a job without destination or with a template that is none. `CancellationError`.
    @concurrent
    package func save(
        _ job: JobRecord, reportingTo progress: @escaping @Sendable (SavingProgress) -> Void = { _ in }
    ) async throws -> JobRecord {
        if job.state == .saved {
            removeSpools(of: job)
            return job
        }
        guard job.state == .finished, let result = job.result else {
            throw LedgerError.forbiddenTransition(from: job.state, to: .saved)
        }
        guard let destination = job.destination else {
            throw RequestError(
                field: "destination", message: "expected a folder, found none",
                remedy: "name one with \(.destination)")
        }
        guard !result.images.isEmpty else {
            let error = Self.error(job, "the host made no picture")
            try await ledger.update(job.id) { ($0.state, $0.error) = (.failed, error) }
            throw error
        }
        var saving = Saving(
            job: job, folder: job.folderOfNames ?? destination.folder,
            names: try NameTemplate(destination.template))
        do {
            try Folder.make(saving.folder)
            try Folder.checkWritable(saving.folder)
            try await saveAll(result.images, &saving, progress)
        } catch let error as FileError {
            let error = SaveError(error)
            let recorded = Self.error(job, error.message)
            try await ledger.update(job.id) { $0.error = recorded }
            throw error
        }
        if let error = saving.summary(of: result.images.count) {
            try await ledger.update(job.id) { $0.error = error }
            throw error
        }
        let saved = try await ledger.update(job.id) { ($0.state, $0.error) = (.saved, nil) }
        removeSpools(of: saved)
        return saved
    }

    /// What is known while a job is saved.
    private struct Saving {
        var job: JobRecord
        let folder: String
        let names: NameTemplate
        var failures: [Int: ClientError] = [:]

        /// The file that is recorded for a picture.
        func recorded(_ index: Int) -> SavedFile? { job.files.first { $0.index == index } }

        /// The first failure, which says how many there are.
        func summary(of count: Int) -> ClientError? {
            guard let first = failures.min(by: { $0.key < $1.key }) else { return nil }
            var error = first.value
            if failures.count > 1 {
                error.message += " (and \(failures.count - 1) more of \(count) pictures)"
            }
            return error
        }
    }

    private func saveAll(
        _ images: [GeneratedImage], _ saving: inout Saving,
        _ progress: @escaping @Sendable (SavingProgress) -> Void
    ) async throws {
        var missing: [Int] = []
        // Where a picture lies that was saved elsewhere before: a copy of it is as good as the
        // host's.
        var copies: [Int: String] = [:]
        for index in images.indices {
            let file = saving.recorded(index)
            if let file, Folder.containing(file.path) == saving.folder, try isSaved(file, saving.job) {
                try writeSidecar(file, saving.job)
                progress(.saved(file))
            } else {
                missing.append(index)
                if let file, try FileReader.holds(file.path, sha256: file.sha256) {
                    copies[index] = file.path
                }
            }
        }
        let (job, folder, present) = (saving.job, saving.folder, copies)
        try await withThrowingTaskGroup(of: (index: Int, picture: Result<Picture, ClientError>).self) {
            group in
            var waiting = missing.makeIterator()
            func fetchNext() {
                guard let index = waiting.next() else { return }
                group.addTask {
                    do {
                        let image = present[index].map { images[index].at($0) } ?? images[index]
                        return (index, .success(try await receive(image, index, folder, progress)))
                    } catch let error as CancellationError {
                        throw error
                    } catch let error as FileError {
                        throw error
                    } catch {
                        return (index, .failure(Self.error(job, picture: index, error)))
                    }
                }
            }
            for _ in 0..<max(1, concurrency) { fetchNext() }
            while let (index, outcome) = try await group.next() {
                switch outcome {
                case .success(let picture): try await publish(picture, index, &saving, progress)
                case .failure(let error):
                    saving.failures[index] = error
                    progress(.failed(index: index, error))
                }
                fetchNext()
            }
        }
    }

    // MARK: One picture

    /// Records a picture, gives it its name and its sidecar.
    private func publish(
        _ picture: Picture, _ index: Int, _ saving: inout Saving,
        _ progress: @Sendable (SavingProgress) -> Void
    ) async throws {
        var path = try recordedPath(for: picture, index, saving)
        while true {
            let free = if let path { path } else { try await freePath(for: picture, index, &saving) }
            let file = SavedFile(
                index: index, path: free, sha256: picture.sha256, byteCount: picture.byteCount,
                mediaType: picture.format.mediaType, size: picture.size, notice: picture.notice,
                modified: fileStatus(picture.file.path).map(modificationTime))
            // Before the file has its name: a file that no ledger knows would be fetched a second
            // time.
            saving.job = try await ledger.update(saving.job.id) { job in
                job.files.removeAll { $0.index == index }
                job.files.append(file)
                job.files.sort { $0.index < $1.index }
            }
            progress(.recorded(file))
            do throws(FileError) {
                try picture.file.publish(as: free)
            } catch {
                guard error.cause == .exists else { throw error }
                // Somebody has made it since its name was found to be free.
                path = nil
                continue
            }
            progress(.published(file))
            try writeSidecar(file, saving.job)
            progress(.saved(file))
            return
        }
    }

    /// The path that is recorded for this picture, if it is still free: the file was never there,
    /// or it was deleted, and its sidecar may have stayed.
    private func recordedPath(for picture: Picture, _ index: Int, _ saving: Saving) throws -> String? {
        guard let path = saving.recorded(index)?.path, Folder.containing(path) == saving.folder,
            path.hasSuffix(".\(picture.format.fileExtension)"), !FileReader.isTaken(path),
            try sidecarOwner(beside: path).map({ $0.jobID == saving.job.id }) ?? true
        else { return nil }
        return path
    }

    /// A path that neither a file nor a sidecar nor another picture of the job has: the one that
    /// was reserved before the job was bought, or, where only now all is known that its name says,
    /// or a file has taken it since, one that is reserved now.
    private func freePath(for picture: Picture, _ index: Int, _ saving: inout Saving) async throws -> String {
        let stem = saving.job.name(
            saving.names, index: index, count: saving.job.result?.images.count ?? 1)
        let others = Set(saving.job.files.filter { $0.index != index }.map(\.path))
        let suffix = picture.format.fileExtension
        func free(_ name: String) -> String? {
            let folder = saving.folder
            let path = folder == "/" ? "/\(name).\(suffix)" : "\(folder)/\(name).\(suffix)"
            let isTaken =
                others.contains(path) || FileReader.isTaken(path)
                || FileReader.isTaken(Sidecar.path(for: path))
            return isTaken ? nil : path
        }
        if let name = saving.job.names?[stem], let path = free(name) { return path }
        if let job = try await ledger.reserve([stem], of: saving.job.id, fileExtension: suffix) {
            saving.job = job
            if let name = job.names?[stem], let path = free(name) { return path }
        }
        // A ledger that reserves nothing now: files alone tell.
        var number = 1
        while true {
            if let path = free(number == 1 ? stem : "\(stem)-\(number)") { return path }
            number += 1
        }
    }

    // MARK: What lies there already

    /// Whether a recorded file is there, with its bytes, and no other job's.
    private func isSaved(_ file: SavedFile, _ job: JobRecord) throws -> Bool {
        guard try FileReader.holds(file.path, sha256: file.sha256) else { return false }
        guard let owner = try sidecarOwner(beside: file.path) else { return true }
        return owner == (job.id, file.sha256)
    }

    /// What the sidecar beside a file says; `nil` if nothing lies there, and empty if it is no
    /// sidecar.
    private func sidecarOwner(beside file: String) throws -> (jobID: String, sha256: String)? {
        let path = Sidecar.path(for: file)
        guard FileReader.isTaken(path) else { return nil }
        var bytes: [UInt8] = []
        _ = try FileReader.read(path) { bytes += $0 }
        return Sidecar.owner(of: bytes) ?? ("", "")
    }

    /// A sidecar of this job that tells of other bytes is replaced; anybody else's is not.
    private func writeSidecar(_ file: SavedFile, _ job: JobRecord) throws {
        let owner = try sidecarOwner(beside: file.path)
        if let owner, owner == (job.id, file.sha256) { return }
        try AtomicFile.write(
            Sidecar(file, of: job, toolkit: toolkit).bytes, to: Sidecar.path(for: file.path),
            overwriting: owner?.jobID == job.id)
    }

    /// Removes the files that an inline reply was streamed to, which nobody needs any more.
    private func removeSpools(of job: JobRecord) {
        for image in job.result?.images ?? [] {
            // What else a record may name is not ours to remove.
            guard case .file(let path) = image.location, let spoolFolder,
                SpoolFile.isPath(path, of: spoolFolder)
            else { continue }
            unlink(path)
        }
    }

    // MARK: Errors

    private static func error(_ job: JobRecord, _ message: String) -> ClientError {
        ClientError(
            .result, APIOperation(job.provider, .save), message: message,
            requestID: job.hostRequestID, purchase: .taken)
    }

    /// Whatever it was: the picture is paid for, and can be asked for again.
    private static func error(_ job: JobRecord, picture index: Int, _ cause: any Error) -> ClientError {
        guard let cause = cause as? ClientError else {
            var error = error(job, "picture \(index + 1): \(cause)")
            // A server that is still writing the file gives half of it, or a page about it; and a
            // job can be asked again.
            let isFile = if case .file? = job.result?.images[index].location { true } else { false }
            error.isRetryable = !isFile || job.ticket != nil
            return error
        }
        var error = error(job, "picture \(index + 1): \(cause.message)")
        error.operation = cause.operation
        error.status = cause.status
        error.code = cause.code
        error.retryAfter = cause.retryAfter
        error.isRetryable = cause.isRetryable
        return error
    }
}

extension GeneratedImage {
    /// The same image in a file.
    fileprivate func at(_ path: String) -> GeneratedImage {
        var image = self
        image.location = .file(path)
        return image
    }
}
