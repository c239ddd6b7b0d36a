/// Paths as text, without loss.
///
/// For the system, a file name is any bytes except 0 and `/`. Swift's text is Unicode and replaces
/// bytes that are not UTF-8 with U+FFFD, after which the file is no longer found. Here each such
/// byte becomes a private-use character instead: 0x80 to 0xFF become U+10F780 to U+10F7FF. A name
/// in UTF-8 is its own text. A name that contains one of these characters in UTF-8 counts as not
/// UTF-8: its bytes are converted one by one. Two different names therefore never have the same
/// text.
///
/// Paths become text where they come from the system: arguments, the environment, folders. Text
/// becomes bytes again in the functions of `SystemCalls.swift`. In between it is ordinary text,
/// also in JSON and in the ledger.
package enum PathText {
    /// The private-use characters, in the order of the bytes from 0x80.
    private static let escapes: ClosedRange<UInt32> = 0x10F780...0x10F7FF

    /// Returns the byte that a character represents, or `nil`.
    package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        escapes.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    /// Returns the text of a path.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !isEscaped(text) { return text }
        var text = String.UnicodeScalarView()
        var rest = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var place = bytes.startIndex
        while true {
            let count: Int
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return String(text)
            case .valid(let units):
                count = units.count
                let scalar = Unicode.UTF8.decode(units)
                if byte(scalar) == nil {
                    text.append(scalar)
                    place = bytes.index(place, offsetBy: count)
                    continue
                }
            case .error(let length): count = length
            }
            for _ in 0..<count {
                // A byte of invalid UTF-8, or of a character that is escaped, has its upper bit
                // set.
                if let scalar = Unicode.Scalar(escapes.lowerBound + UInt32(bytes[place] & 0x7F)) {
                    text.append(scalar)
                }
                bytes.formIndex(after: &place)
            }
        }
    }

    /// Returns the text of a path that ends with a zero byte.
    package static func text(_ path: UnsafePointer<CChar>) -> String {
        text(UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }

    /// Returns the bytes of a path from its text.
    package static func bytes(_ text: String) -> [UInt8] {
        guard isEscaped(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            byte(scalar).map { [$0] } ?? Array(String(scalar).utf8)
        }
    }

    /// Returns whether a path contains bytes that are not UTF-8.
    static func isEscaped(_ text: String) -> Bool { text.unicodeScalars.contains { byte($0) != nil } }

    /// The arguments of this process, without the program's name.
    package static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { text($0) } }
    }

    /// Returns an environment variable of this process that holds a path.
    package static func variable(_ name: String) -> String? { getenv(name).map { text($0) } }

    /// The current folder; `nil` if it has been removed.
    package static var currentFolder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return text(path)
    }

    /// Makes a folder the current one.
    ///
    /// - Returns: Whether that succeeded.
    package static func enter(_ path: String) -> Bool { withBytes(path) { chdir($0) } == 0 }

    /// Returns the absolute path without `.` and doubled slashes. Links and `..` stay.
    package static func absolute(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        return ([currentFolder ?? "."] + parts).joined(separator: "/")
    }

    /// Returns the path with links resolved, or `nil` with the error in `errno`.
    package static func resolved(_ path: String) -> String? {
        guard let target = withBytes(path, { realpath($0, nil) }) else { return nil }
        defer { free(target) }
        return text(target)
    }

    /// Calls `body` with the bytes of a path and a terminating zero, valid only during the call.
    static func withBytes<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        guard isEscaped(text) else { return text.withCString(body) }
        return (bytes(text) + [0]).withUnsafeBufferPointer { all in
            all.withMemoryRebound(to: CChar.self) { characters in
                // The buffer holds at least the zero.
                characters.baseAddress.map(body) ?? text.withCString(body)
            }
        }
    }
}

/// An alternative path to an existing file, for libraries that accept only UTF-8 paths and follow
/// links, such as SQLite.
package final class PathAlias {
    /// The path itself if it is UTF-8; otherwise, on Linux, a link in `/proc` to the file, valid as
    /// long as this object lives.
    package let path: String
    private let descriptor: Int32

    /// Creates an alias. If that is impossible, it is the path itself.
    package init(_ path: String) {
        #if os(Linux)
        // A descriptor that only refers to the file: closing any other kind would release the locks
        // that this process holds on it.
        let onlyNames: Int32 = 0o10000000  // O_PATH
        descriptor = PathText.isEscaped(path) ? open(path, onlyNames | O_CLOEXEC) : -1
        self.path = descriptor >= 0 ? "/proc/self/fd/\(descriptor)" : path
        #else
        descriptor = -1
        self.path = path
        #endif
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
