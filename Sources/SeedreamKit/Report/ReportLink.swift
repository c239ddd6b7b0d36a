import Platform

/// Makes links to files relative to the report's folder, so that both can be moved together.
struct ReportLink {
    /// The components of the report's folder: an absolute path without `.` and `..`.
    private let folder: [String]

    /// Makes links for a report in a folder.
    init(from folder: String) { self.folder = Self.parts(of: folder) }

    /// Returns the relative reference (RFC 3986) to a file. All bytes but unreserved ones are
    /// percent-encoded.
    ///
    /// Bytes of a file name that are not UTF-8 are encoded unchanged.
    func reference(to path: String) -> String {
        let target = Self.parts(of: path)
        let common = zip(folder, target).prefix { $0 == $1 }.count
        let steps =
            Array(repeating: "..", count: folder.count - common)
            + target.dropFirst(common).map { Self.encoded($0) }
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }

    /// Returns the components of the absolute path. A symbolic link before `..` is resolved, as the
    /// system does.
    private static func parts(of path: String) -> [String] {
        let absolute = path.hasPrefix("/") ? path : (PathText.currentFolder ?? "") + "/" + path
        let named = absolute.split(separator: "/").map(String.init).filter { $0 != "." }
        guard let last = named.lastIndex(of: "..") else { return named }
        let front = "/" + named[...last].joined(separator: "/")
        let resolved = PathText.resolved(front)?.split(separator: "/").map(String.init)
        return (resolved ?? lexical(named[...last])) + named[(last + 1)...]
    }

    private static func lexical(_ parts: some Sequence<String>) -> [String] {
        parts.reduce(into: []) { path, part in
            if part == ".." { _ = path.popLast() } else { path.append(part) }
        }
    }

    private static func encoded(_ part: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return PathText.bytes(part).reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
