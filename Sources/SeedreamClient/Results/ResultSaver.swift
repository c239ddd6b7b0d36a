import Platform
import SeedreamModel

/// Saves the images of a finished job: downloads and verifies each one, records it in the ledger,
/// gives the file its final name, and writes its sidecar.
///
/// A process may be killed at any moment. The ledger's record, written before a file gets its name,
/// tells the next process whether the file is complete: a file with the recorded digest is done,
/// any other is downloaded again.
package struct ResultSaver: Sendable {
    /// The ledger; the caller has claimed the job.
    package var ledger: any JobLedger
    /// Downloads URLs.
    package var fetching: any ResultFetching
    /// Decodes images. Without it, only their first bytes are checked.
    package var verifier: ImageVerifier?
    /// The toolkit name in sidecars: `seedreamkit/` and the version.
    package var toolkit: String
    /// The largest image accepted, in bytes. Default: 64 MiB; an incompressible PNG of 4096x4096 px
    /// has 48 MiB.
    package var maximumBytes = 64 << 20
    /// The folder for images in replies. Only files in this folder are removed once they are saved.
    /// Default: `nil`.
    package var spoolFolder: String?
    /// The number of simultaneous downloads. Default: 4 (our choice).
    package var concurrency = 4

    package init(
        ledger: any JobLedger, fetching: any ResultFetching, verifier: ImageVerifier?, toolkit: String
    ) {
        self.ledger = ledger
        self.fetching = fetching
        self.verifier = verifier
        self.toolkit = toolkit
    }

    /// Saves all images of a job in state `finished`. A job in state `saved` is returned unchanged.
    ///
    /// An image that cannot be downloaded does not keep the others from being saved.
    ///
    /// - Returns: The job, in state `saved`.
    /// - Throws: ``ClientError`` of category `result` for the first image that could not be
    ///   downloaded, after all others are saved; ``SaveError`` if nothing can be written. Both are
    ///   recorded as ``JobRecord/error``, and the job stays `finished`. ``LedgerError``, for
    ///   example ``LedgerError/forbiddenTransition(from:to:)`` for a job in another state.
    ///   ``RequestError`` for a job without a destination or with an invalid template.
    ///   `CancellationError`.
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
                remedy: "set one with \(.destination)")
        }
        guard !result.images.isEmpty else {
            let error = Self.error(job, "the provider returned no image")
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

    /// The state of saving a job.
    struct Saving {
        var job: JobRecord
        let folder: String
        let names: NameTemplate
        var failures: [Int: ClientError] = [:]

        /// Returns the recorded file of an image.
        func recorded(_ index: Int) -> SavedFile? { job.files.first { $0.index == index } }

        /// Returns the first failure, with the number of further ones.
        func summary(of count: Int) -> ClientError? {
            guard let first = failures.min(by: { $0.key < $1.key }) else { return nil }
            var error = first.value
            if failures.count > 1 {
                error.message += " (and \(failures.count - 1) more of \(count) images)"
            }
            return error
        }
    }

    private func saveAll(
        _ images: [GeneratedImage], _ saving: inout Saving,
        _ progress: @escaping @Sendable (SavingProgress) -> Void
    ) async throws {
        var missing: [Int] = []
        // Paths of images that were saved elsewhere before: a copy is as good as another download.
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
        try await withThrowingTaskGroup(of: (index: Int, image: Result<ReceivedImage, ClientError>).self) {
            group in
            var waiting = missing.makeIterator()
            func fetchNext() {
                guard let index = waiting.next() else { return }
                group.addTask {
                    do {
                        let image = present[index].map { images[index].at($0) } ?? images[index]
                        return (index, .success(try await receive(image, index, of: job, folder, progress)))
                    } catch let error as CancellationError {
                        throw error
                    } catch let error as FileError {
                        throw error
                    } catch {
                        return (index, .failure(Self.error(job, image: index, error)))
                    }
                }
            }
            for _ in 0..<max(1, concurrency) { fetchNext() }
            while let (index, outcome) = try await group.next() {
                switch outcome {
                case .success(let image): try await publish(image, index, &saving, progress)
                case .failure(let error):
                    saving.failures[index] = error
                    progress(.failed(index: index, error))
                }
                fetchNext()
            }
        }
    }

    /// Removes the files that an inline reply was streamed to.
    private func removeSpools(of job: JobRecord) {
        for image in job.result?.images ?? [] {
            // A record may name other paths; they are not ours to remove.
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
            requestID: job.providerRequestID, purchase: .taken)
    }

    /// Returns the error for an image that was not saved: it is paid for, and can be requested
    /// again.
    private static func error(_ job: JobRecord, image index: Int, _ cause: any Error) -> ClientError {
        guard let cause = cause as? ClientError else {
            var error = error(job, "image \(index + 1): \(cause)")
            // A server that is still writing the file returns half of it, or a page about it; and a
            // job with a ticket can be polled again.
            let isFile = if case .file? = job.result?.images[index].location { true } else { false }
            error.isRetryable = !isFile || job.ticket != nil
            return error
        }
        var error = error(job, "image \(index + 1): \(cause.message)")
        error.operation = cause.operation
        error.status = cause.status
        error.code = cause.code
        error.retryAfter = cause.retryAfter
        error.isRetryable = cause.isRetryable
        return error
    }
}

extension GeneratedImage {
    /// Returns the image with its location in a file.
    fileprivate func at(_ path: String) -> GeneratedImage {
        var image = self
        image.location = .file(path)
        return image
    }
}

/// The progress of saving a job's images, in the order of the events for each image. `index` counts
/// from 0.
package enum SavingProgress: Hashable, Sendable {
    /// Bytes received so far. The number falls if a download is restarted.
    case received(index: Int, byteCount: Int)
    /// The file has been recorded in the ledger.
    case recorded(SavedFile)
    /// The file has its final name.
    case published(SavedFile)
    /// The sidecar exists: the image is done, now or by an earlier process.
    case saved(SavedFile)
    /// The image could not be downloaded.
    case failed(index: Int, ClientError)
}
