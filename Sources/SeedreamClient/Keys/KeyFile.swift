import Platform

/// A key file: one `NAME=value` per line, optionally in quotes, and comment lines that start with
/// `#`.
struct KeyFile {
    /// The maximum file length in bytes. Our choice: five keys take a few hundred bytes.
    private static let maximumLength = 1 << 16

    /// The values by name. The last duplicate wins.
    let values: [String: String]

    /// Reads a file that must exist.
    init(_ path: String) throws(KeyError) {
        guard let file = try KeyFile(ifThere: path) else {
            throw .unreadable(path: path, reason: FileError(.read, path, errno: ENOENT).reason)
        }
        self = file
    }

    /// Reads a file. Returns `nil` if it does not exist.
    init?(ifThere path: String) throws(KeyError) {
        // Without O_NONBLOCK, opening a pipe would block.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .unreadable(path: path, reason: FileError(.read, path, errno: errno).reason)
        }
        defer { close(descriptor) }
        do throws(PrivateFile.Fault) {
            // Anyone who can read a key can spend with it; anyone who can write it can redirect our
            // spending.
            try PrivateFile.check(descriptor: descriptor, forbidden: 0o077)
        } catch {
            switch error {
            case .unreadable(let code):
                throw .unreadable(path: path, reason: FileError(.read, path, errno: code).reason)
            case .wrongKind: throw .notAFile(path: path)
            case .foreign: throw .foreign(path: path)
            case .exposed(let mode): throw .exposed(path: path, mode: mode)
            }
        }
        values = try Self.values(in: try Self.contents(descriptor, path), path)
    }

    private static func values(in text: String, _ path: String) throws(KeyError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let sign = line.firstIndex(of: "=") else {
                throw .malformedLine(path: path, line: index + 1)
            }
            let name = trimmed(line[..<sign])
            guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else {
                throw .malformedLine(path: path, line: index + 1)
            }
            values[String(name)] = String(unquoted(trimmed(line[line.index(after: sign)...])))
        }
        return values
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// Keys contain no quotes, but files that shells read do.
    private static func unquoted(_ text: Substring) -> Substring {
        guard text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'"
        else {
            return text
        }
        return text.dropFirst().dropLast()
    }

    private static func contents(_ descriptor: Int32, _ path: String) throws(KeyError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.contents(of: descriptor, named: path, maximum: maximumLength)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        guard bytes.count <= maximumLength else {
            throw .unreadable(path: path, reason: "expected at most \(maximumLength) bytes, found more")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
