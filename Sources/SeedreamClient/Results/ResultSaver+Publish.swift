import Platform
import SeedreamModel

extension ResultSaver {
    /// Records an image and gives it its name and its sidecar.
    func publish(
        _ image: ReceivedImage, _ index: Int, _ saving: inout Saving,
        _ progress: @Sendable (SavingProgress) -> Void
    ) async throws {
        var path = try recordedPath(for: image, index, saving)
        while true {
            let free = if let path { path } else { try await freePath(for: image, index, &saving) }
            let file = SavedFile(
                index: index, path: free, sha256: image.sha256, byteCount: image.byteCount,
                mediaType: image.format.mediaType, size: image.size, notice: image.notice,
                modified: fileStatus(image.file.path).map(modificationTime))
            // Record the file before it has its name: a file unknown to the ledger would be
            // downloaded again.
            saving.job = try await ledger.update(saving.job.id) { job in
                job.files.removeAll { $0.index == index }
                job.files.append(file)
                job.files.sort { $0.index < $1.index }
            }
            progress(.recorded(file))
            do throws(FileError) {
                try image.file.publish(as: free)
            } catch {
                guard error.cause == .exists else { throw error }
                // Another process has created the file since its name was found free.
                path = nil
                continue
            }
            progress(.published(file))
            try writeSidecar(file, saving.job)
            progress(.saved(file))
            return
        }
    }

    /// Returns the recorded path of this image if it is still free: the file was never created, or
    /// it was deleted, although its sidecar may still exist.
    private func recordedPath(for image: ReceivedImage, _ index: Int, _ saving: Saving) throws -> String? {
        guard let path = saving.recorded(index)?.path, Folder.containing(path) == saving.folder,
            path.hasSuffix(".\(image.format.fileExtension)"), !FileReader.isTaken(path),
            try sidecarOwner(beside: path).map({ $0.jobID == saving.job.id }) ?? true
        else { return nil }
        return path
    }

    /// Returns a path that no file, no sidecar and no other image of the job has. It is the one
    /// reserved before the job was bought, or one reserved now, if the name's values are only now
    /// known or a file has taken it since.
    private func freePath(for image: ReceivedImage, _ index: Int, _ saving: inout Saving) async throws
        -> String
    {
        let stem = saving.job.name(
            saving.names, index: index, count: saving.job.result?.images.count ?? 1)
        let others = Set(saving.job.files.filter { $0.index != index }.map(\.path))
        let suffix = image.format.fileExtension
        func free(_ name: String) -> String? {
            let folder = saving.folder
            let path = folder == "/" ? "/\(name).\(suffix)" : "\(folder)/\(name).\(suffix)"
            let isTaken =
                others.contains(path) || FileReader.isTaken(path)
                || FileReader.isTaken(SavedFile.sidecarPath(for: path))
            return isTaken ? nil : path
        }
        if let name = saving.job.names?[stem], let path = free(name) { return path }
        if let job = try await ledger.reserve([stem], of: saving.job.id, fileExtension: suffix) {
            saving.job = job
            if let name = job.names?[stem], let path = free(name) { return path }
        }
        // The ledger reserves nothing: check only for existing files.
        var number = 1
        while true {
            if let path = free(number == 1 ? stem : "\(stem)-\(number)") { return path }
            number += 1
        }
    }

    // MARK: Existing files

    /// Returns whether a recorded file exists with its bytes and does not belong to another job.
    func isSaved(_ file: SavedFile, _ job: JobRecord) throws -> Bool {
        guard try FileReader.holds(file.path, sha256: file.sha256) else { return false }
        guard let owner = try sidecarOwner(beside: file.path) else { return true }
        return owner == (job.id, file.sha256)
    }

    /// Returns the owner named in the sidecar of a file; `nil` if there is no sidecar, and an empty
    /// owner if the file is not a sidecar.
    private func sidecarOwner(beside file: String) throws -> (jobID: String, sha256: String)? {
        let path = SavedFile.sidecarPath(for: file)
        guard FileReader.isTaken(path) else { return nil }
        var bytes: [UInt8] = []
        _ = try FileReader.read(path) { bytes += $0 }
        return Sidecar.owner(of: bytes) ?? ("", "")
    }

    /// Writes the sidecar of a file. Replaces this job's own sidecar for other bytes, but no other
    /// file.
    func writeSidecar(_ file: SavedFile, _ job: JobRecord) throws {
        let owner = try sidecarOwner(beside: file.path)
        if let owner, owner == (job.id, file.sha256) { return }
        try AtomicFile.write(
            Sidecar(file, of: job, toolkit: toolkit).bytes, to: SavedFile.sidecarPath(for: file.path),
            overwriting: owner?.jobID == job.id)
    }
}
