/// What happens to a request, as it happens.
public enum ClientEvent: Hashable, Sendable {
    /// Something to know about the request.
    case warning(RequestWarning)
    /// So many of the pictures are uploaded.
    case uploaded(Int, of: Int)
    /// The paid request is being sent, with a body of so many bytes.
    case submitting(bytes: Int)
    /// The host has the job.
    case accepted(requestID: String)
    /// It waits; the position counts from 0 and is `nil` where the host does not say.
    case queued(position: Int?)
    /// It is made; progress runs from 0 to 1 and is `nil` where the host does not say.
    case running(progress: Double?)
    /// A line of the host's log.
    case log(String)
    /// The host has made so many pictures.
    case finished(images: Int)
    /// A picture is on disk, checked.
    case saved(SavedFile)
}
