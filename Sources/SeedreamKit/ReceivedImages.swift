import Platform
public import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Checked result images in a private folder, which is removed by ``discard()`` or when this value
/// is released.
///
/// The job is in the ledger like any other. If the process is killed, the job stays open, and
/// ``SeedreamSession/resume(_:parallel:reportingTo:deliver:)`` saves its images to that private
/// folder.
public final class ReceivedImages: Sendable {
    /// The saved job.
    public let job: JobRecord
    private let folder: String

    init(job: JobRecord, folder: String) {
        (self.job, self.folder) = (job, folder)
    }

    deinit { discard() }

    /// The images, in the provider's order.
    public var files: [SavedFile] { job.files.sorted { $0.index < $1.index } }

    /// Returns the encoded bytes of an image.
    ///
    /// - Throws: `SaveError` if the file cannot be read.
    public func bytes(of file: SavedFile) throws(SaveError) -> [UInt8] {
        do throws(FileError) {
            return try WholeFile.contents(of: file.path, maximum: file.byteCount)
        } catch {
            throw SaveError(error)
        }
    }

    /// Returns the encoded bytes of an image in pieces, to keep at most one piece in memory.
    ///
    /// - Parameters:
    ///   - file: One of ``files``.
    ///   - length: The length of each piece but the last, in bytes. Default: 64 KiB.
    public func pieces(of file: SavedFile, length: Int = 1 << 16) -> Pieces {
        Pieces(images: self, path: file.path, length: max(1, length))
    }

    /// Removes the private folder.
    public func discard() { try? FileManager.default.removeItem(atPath: folder) }

    /// The encoded bytes of one image, in pieces.
    public struct Pieces: AsyncSequence, Sendable {
        /// Keeps the folder alive.
        let images: ReceivedImages
        let path: String
        let length: Int

        /// Returns an iterator that starts at the first byte.
        public func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

        /// Reads the pieces in order.
        public struct Iterator: AsyncIteratorProtocol {
            let pieces: Pieces
            private var file: SequentialFile?

            init(pieces: Pieces) { self.pieces = pieces }

            /// Returns the next piece, or `nil` at the end.
            ///
            /// - Throws: `SaveError` if the file cannot be read.
            public mutating func next() async throws(SaveError) -> [UInt8]? {
                do throws(FileError) {
                    let file = if let file { file } else { try SequentialFile(pieces.path) }
                    self.file = file
                    return try Self.piece(of: file, length: pieces.length)
                } catch {
                    throw SaveError(error)
                }
            }

            private static func piece(of file: SequentialFile, length: Int) throws(FileError) -> [UInt8]? {
                var piece = [UInt8](repeating: 0, count: length)
                var count = 0
                while count < length {
                    var failure: FileError?
                    let read = piece.withUnsafeMutableBytes { all in
                        do throws(FileError) {
                            return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: all[count...]))
                        } catch {
                            failure = error
                            return 0
                        }
                    }
                    if let failure { throw failure }
                    if read == 0 { break }
                    count += read
                }
                piece.removeSubrange(count...)
                return piece.isEmpty ? nil : piece
            }
        }
    }
}

extension SeedreamSession {
    /// Edits images, or generates them if there are no inputs, and returns the results instead of
    /// saving them to a folder.
    ///
    /// Read the results with ``ReceivedImages/bytes(of:)`` or
    /// ``ReceivedImages/pieces(of:length:)``.
    ///
    /// - Throws: The errors of ``edit(_:_:to:buysAgain:reportingTo:configure:)``.
    public func received(
        _ prompt: String, _ inputs: [RowRequest.Input] = [], buysAgain: Bool = false,
        reportingTo reporter: SessionReporter? = nil,
        configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> ReceivedImages {
        var request = GenerationRequest(prompt: prompt)
        configure(&request)
        let row = RowRequest(
            label: inputs.map(\.name).joined(separator: " "), inputs: inputs, request: request)
        var options = RunOptions()
        options.buysAgain = buysAgain
        let (outcome, images) = try await received(
            row, as: nil, options: options, reportingTo: reporter)
        let job = try outcome.savedJob()
        guard let images else { throw LostImageError(job: job) }
        return images
    }

    /// Sends one request as ``single(_:as:to:options:reportingTo:)`` does, and returns the images
    /// instead of saving them to a folder.
    ///
    /// - Returns: The outcome of the request, and its images if they were saved.
    public func received(
        _ row: RowRequest, as run: RunRecord?, options: RunOptions = RunOptions(),
        reportingTo reporter: SessionReporter? = nil
    ) async throws -> (outcome: RowOutcome, images: ReceivedImages?) {
        let folder = "\(client.spoolFolder)/received-\(SeedreamClient.newJobID())"
        do throws(FileError) {
            try Folder.make(folder, mode: 0o700)
        } catch {
            throw SaveError(error)
        }
        let outcome: RowOutcome
        do {
            outcome = try await single(
                row, as: run, to: Destination(folder: folder), options: options, reportingTo: reporter)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        guard let job = outcome.job else {
            try? FileManager.default.removeItem(atPath: folder)
            return (outcome, nil)
        }
        return (outcome, job.state == .saved ? ReceivedImages(job: job, folder: folder) : nil)
    }
}
