public import SeedreamModel

/// Why there is no key. Names variables and files, never what they hold.
public enum KeyError: ErrorWithRemedy, Hashable, Sendable {
    /// Neither the host's variable nor the file has one.
    case missing(ProviderID, file: String)
    /// A variable holds what no header field can hold.
    case malformed(variable: String)
    /// One half of a pair is there.
    case incomplete(found: String, missing: String)
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// A folder, a pipe or the like has the file's name.
    case notAFile(path: String)
    /// The file belongs to somebody else.
    case foreign(path: String)
    /// Others may read or write the file. The mode is its lowest nine bits.
    case exposed(path: String, mode: Int)
    /// A line is neither `NAME=value` nor a comment. Lines count from 1.
    case malformedLine(path: String, line: Int)
}

extension KeyError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .missing(let provider, let file):
            "\(provider.displayName): expected a key in \(KeyNames(provider).key) or in \(file), found none"
        case .malformed(let variable):
            "\(variable): expected a key, found characters that no key has"
        case .incomplete(let found, let missing): "\(missing): expected a value beside \(found), found none"
        case .unreadable(let path, let reason): "\(path): the file of keys cannot be read: \(reason)"
        case .notAFile(let path): "\(path): expected a file of keys, found something else"
        case .foreign(let path): "\(path): expected your own file of keys, found somebody else's"
        case .exposed(let path, let mode):
            "\(path): expected mode 0600, found \(mode.octal): others may read or change the keys"
        case .malformedLine(let path, let line):
            "\(path): line \(line): expected NAME=value, found something else"
        }
    }

    /// What to do about it.
    public var remedy: Remedy {
        switch self {
        case .missing(let provider, let file):
            "set \(KeyNames(provider).key), or write `\(KeyNames(provider).key)=…` into \(file) and `chmod 600` it"
        case .malformed(let variable): "set \(variable) to the key alone, without quotes or line breaks"
        case .incomplete(let found, let missing): "set \(missing) too, or unset \(found)"
        case .unreadable: "is it a file that you may read?"
        case .notAFile: "name a file"
        case .foreign(let path): "copy it to a file of your own, and `chmod 600` that; see `ls -l \(path)`"
        case .exposed(let path, _): "`chmod 600 \(path)`"
        case .malformedLine: "write one NAME=value a line; comments begin with #"
        }
    }
}

extension Int {
    /// A file's permissions as people write them: `"0644"`.
    var octal: String {
        let digits = String(self, radix: 8)
        return String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
    }
}
