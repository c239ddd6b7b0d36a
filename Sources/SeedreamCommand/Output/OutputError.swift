import ImageCodecs

/// A write that failed, with the system's error number.
struct OutputError: Error {
    var errno: Int32
    var description: String { SystemCall.message(errno) }
}
