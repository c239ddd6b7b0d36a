#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the system refused about a file or a folder.
package struct FileError: Error, Hashable, Sendable {
    /// What could not be done, in the words of the message.
    package enum Action: String, Hashable, Sendable {
        case read = "cannot be read"
        case write = "cannot be written"
        case lock = "cannot be locked"
        case makeFolder = "folder cannot be made"
        case useFolder = "folder cannot be used"
        case writeToFolder = "folder is not writable"
    }

    /// What kind of remedy there is.
    package enum Cause: Hashable, Sendable {
        /// There is no room: free some space.
        case full
        /// It is not allowed: name another place.
        case forbidden
        /// There is a file of that name, and none is replaced.
        case exists
        /// There is a file where a folder is needed.
        case notAFolder
        /// Anything else.
        case other
    }

    /// The system's number.
    package var errno: Int32
    /// The file or folder that the caller named, not the temporary one.
    package var path: String
    /// What could not be done.
    package var action: Action

    package init(_ action: Action, _ path: String, errno: Int32) {
        self.action = action
        self.path = path
        self.errno = errno
    }

    /// What kind of remedy there is.
    package var cause: Cause {
        switch errno {
        // Beyond RLIMIT_FSIZE, or what the file system can hold, there is no room either.
        case ENOSPC, EDQUOT, EFBIG: .full
        case EACCES, EPERM, EROFS: .forbidden
        case EEXIST: .exists
        case ENOTDIR where action == .useFolder: .notAFolder
        default: .other
        }
    }

    /// Whether the task was cancelled while it waited for the file.
    package var isCancelled: Bool { errno == ECANCELED }

    /// The system's words for its number.
    package var reason: String { strerror(errno).map { String(cString: $0) } ?? "error \(errno)" }

    /// What to do about it.
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
