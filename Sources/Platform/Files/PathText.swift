#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// Paths as text, without loss.
///
/// To the system a file name is any bytes except 0 and `/`; Swift's text is Unicode, and makes
/// U+FFFD of bytes that are not UTF-8, so that the file is not found any more. Here each such byte
/// becomes a private-use character of its own: 0x80 to 0xFF become U+10F780 to U+10F7FF. A name in
/// UTF-8 is its own text. A name that holds one of these characters in UTF-8 is not UTF-8 for this
/// purpose: its bytes are written one by one. So two names never have the same text.
///
/// Text is made of a path where it comes from the system: arguments, the environment, folders. It
/// becomes bytes again in the functions of `SystemCalls.swift`. In between it is text like any
/// other, in JSON and in the ledger too.
package enum PathText {
    /// The private-use characters, in the order of the bytes from 0x80 on.
    private static let escapes: ClosedRange<UInt32> = 0x10F780...0x10F7FF

    /// The byte that a character stands for, or `nil`.
    package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        escapes.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    /// The text of a path.
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
                // A byte of UTF-8 that stands alone, or in a character that is not taken as one,
                // has its upper bit set.
                if let scalar = Unicode.Scalar(escapes.lowerBound + UInt32(bytes[place] & 0x7F)) {
                    text.append(scalar)
                }
                bytes.formIndex(after: &place)
            }
        }
    }

    /// The text of a path that ends with a zero byte.
    package static func text(_ path: UnsafePointer<CChar>) -> String {
        text(UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }

    /// The bytes that text stands for.
    package static func bytes(_ text: String) -> [UInt8] {
        guard isEscaped(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            byte(scalar).map { [$0] } ?? Array(String(scalar).utf8)
        }
    }

    /// Whether a path has bytes that are not UTF-8.
    static func isEscaped(_ text: String) -> Bool { text.unicodeScalars.contains { byte($0) != nil } }

    /// The arguments of this process without its own name.
    package static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { text($0) } }
    }

    /// A variable of this process's environment that holds a path.
    package static func variable(_ name: String) -> String? { getenv(name).map { text($0) } }

    /// The folder that relative paths start from; `nil` if it has been removed.
    package static var currentFolder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return text(path)
    }

    /// Makes a folder the one that relative paths start from.
    ///
    /// - Returns: Whether it is there.
    package static func enter(_ path: String) -> Bool { withBytes(path) { chdir($0) } == 0 }

    /// The path from the root, without `.` and doubled slashes; links and `..` stay.
    package static func absolute(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        return ([currentFolder ?? "."] + parts).joined(separator: "/")
    }

    /// The path without links in it; `nil` sets `errno`.
    package static func resolved(_ path: String) -> String? {
        guard let target = withBytes(path, { realpath($0, nil) }) else { return nil }
        defer { free(target) }
        return text(target)
    }

    /// Calls `body` with the bytes of a path and the zero behind them; valid only during the call.
    static func withBytes<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        guard isEscaped(text) else { return text.withCString(body) }
        return (bytes(text) + [0]).withUnsafeBufferPointer { all in
            all.withMemoryRebound(to: CChar.self) { characters in
                // There is the zero at least.
                characters.baseAddress.map(body) ?? text.withCString(body)
            }
        }
    }
}

/// Another path to a file that is there, for a library that takes paths as UTF-8 alone and follows
/// links, as SQLite does.
package final class PathAlias {
    /// The path itself where it is UTF-8; else, on Linux, a link of `/proc` to the file, as long as
    /// this object lives.
    package let path: String
    private let descriptor: Int32

    /// Makes an alias. Where there is no way to make one, it is the path itself.
    package init(_ path: String) {
        #if os(Linux)
        // A descriptor that only names the file: closing another would end the locks that this
        // process has on it.
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
