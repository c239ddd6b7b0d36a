public import SeedreamModel

/// The reason why no key is available. Names variables and files, never their contents.
public enum KeyError: ErrorWithRemedy, Hashable, Sendable {
    /// Neither the provider's variable nor the key file holds a key.
    case missing(ProviderID, file: String)
    /// A variable holds characters that a header field cannot carry.
    case malformed(variable: String)
    /// Only one variable of a pair is set.
    case incomplete(found: String, missing: String)
    /// The key file cannot be read.
    case unreadable(path: String, reason: String)
    /// The path names a folder, a pipe or another non-regular file.
    case notAFile(path: String)
    /// Another user owns the key file.
    case foreign(path: String)
    /// Other users may read or write the key file. `mode` holds its permission bits (lowest nine).
    case exposed(path: String, mode: Int)
    /// A line is neither `NAME=value` nor a comment. Lines count from 1.
    case malformedLine(path: String, line: Int)
}

extension KeyError: CustomStringConvertible {
    /// The expected and the found value, on one line.
    public var description: String {
        switch self {
        case .missing(let provider, let file):
            "\(provider.displayName): expected a key in \(KeyNames(provider).key) or in \(file), found none"
        case .malformed(let variable):
            "\(variable): expected a key, found characters that no key contains"
        case .incomplete(let found, let missing): "\(missing): expected a value beside \(found), found none"
        case .unreadable(let path, let reason): "\(path): cannot read the key file: \(reason)"
        case .notAFile(let path): "\(path): expected a key file, found something other than a file"
        case .foreign(let path): "\(path): expected a key file that you own, found one of another user"
        case .exposed(let path, let mode):
            "\(path): expected mode 0600, found \(mode.octal): other users may read or change the keys"
        case .malformedLine(let path, let line):
            "\(path): line \(line): expected NAME=value, found something else"
        }
    }

    /// The action that resolves the error.
    public var remedy: Remedy {
        switch self {
        case .missing(let provider, let file):
            "set \(KeyNames(provider).key), or write `\(KeyNames(provider).key)=…` into \(file) and `chmod 600` it"
        case .malformed(let variable): "set \(variable) to the key alone, without quotes or line breaks"
        case .incomplete(let found, let missing): "set \(missing) too, or unset \(found)"
        case .unreadable: "check that the file exists and that you may read it"
        case .notAFile: "give the path of a regular file"
        case .foreign(let path): "copy it to a file of your own, and `chmod 600` that; see `ls -l \(path)`"
        case .exposed(let path, _): "`chmod 600 \(path)`"
        case .malformedLine: "write one NAME=value per line; comments begin with #"
        }
    }
}

extension Int {
    /// The permissions of a file in octal: `"0644"`.
    var octal: String {
        let digits = String(self, radix: 8)
        return String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
    }
}
