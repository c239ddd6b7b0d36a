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
