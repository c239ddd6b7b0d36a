/// An error of the system about a file or a folder.
package struct FileError: Error, Hashable, Sendable {
    /// The operation that failed, in the words of the message.
    package enum Action: String, Hashable, Sendable {
        case read = "cannot be read"
        case write = "cannot be written"
        case lock = "cannot be locked"
        case makeFolder = "folder cannot be made"
        case useFolder = "folder cannot be used"
        case writeToFolder = "folder is not writable"
    }

    /// The kind of remedy.
    package enum Cause: Hashable, Sendable {
        /// There is no space left: free some.
        case full
        /// Access is denied: name another place.
        case forbidden
        /// A file of that name exists and is not replaced.
        case exists
        /// A file exists where a folder is needed.
        case notAFolder
        /// Any other cause.
        case other
    }

    /// The system's error number.
    package var errno: Int32
    /// The file or folder that the caller named, not the temporary one.
    package var path: String
    /// The operation that failed.
    package var action: Action

    package init(_ action: Action, _ path: String, errno: Int32) {
        self.action = action
        self.path = path
        self.errno = errno
    }

    /// The kind of remedy.
    package var cause: Cause {
        switch errno {
        // Exceeding RLIMIT_FSIZE or the file system's maximum file size counts as no space too.
        case ENOSPC, EDQUOT, EFBIG: .full
        case EACCES, EPERM, EROFS: .forbidden
        case EEXIST: .exists
        case ENOTDIR where action == .useFolder: .notAFolder
        default: .other
        }
    }

    /// Whether the task was cancelled while waiting for the file.
    package var isCancelled: Bool { errno == ECANCELED }

    /// The system's message for the error number.
    package var reason: String { SystemCall.message(errno) }

    /// The advice.
    package var hint: String {
        switch cause {
        case .full: "free some space; what was already written is whole"
        case .forbidden: "name a folder that you may write to"
        case .exists: "name another folder, or move the file away"
        case .notAFolder: "name another folder"
        case .other: "check the folder, or name another one"
        }
    }
}

extension FileError: CustomStringConvertible {
    /// `"out/a.png: cannot be written: No space left on device"`.
    package var description: String {
        switch cause {
        case .exists: "\(path): file exists"
        case .notAFolder: "\(path): expected a folder, found a file"
        default: "\(path): \(action.rawValue): \(reason)"
        }
    }
}
