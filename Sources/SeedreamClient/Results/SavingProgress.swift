/// How far the pictures of a job are, in the order in which it happens to each. `index` counts from
/// 0.
package enum SavingProgress: Hashable, Sendable {
    /// So many bytes of a picture have come. The number falls when a download begins again.
    case received(index: Int, byteCount: Int)
    /// The ledger knows what the file will be.
    case recorded(SavedFile)
    /// The file has its name.
    case published(SavedFile)
    /// The sidecar lies beside it: this picture is done, now or by an earlier process.
    case saved(SavedFile)
    /// The picture could not be had.
    case failed(index: Int, ClientError)
}
