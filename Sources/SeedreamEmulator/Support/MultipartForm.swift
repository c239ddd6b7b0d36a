/// The parts of a `multipart/form-data` body (RFC 7578; RFC 2046, section 5.1).
struct MultipartForm: Sendable {
    /// One field of the form.
    struct Part: Sendable {
        let name: String
        let content: ArraySlice<UInt8>
    }

    /// The parts in the order received; parts without a name are omitted.
    let parts: [Part]

    /// Returns the boundary of a `Content-Type` header; `nil` if the type is not
    /// `multipart/form-data` or the boundary is missing or longer than 70 bytes.
    static func boundary(in contentType: String) -> String? {
        let pieces = split(contentType)
        guard pieces.first?.lowercased() == "multipart/form-data" else { return nil }
        return parameter("boundary", of: pieces).flatMap { (1...70).contains($0.utf8.count) ? $0 : nil }
    }

    /// Parses a body. Returns `nil` unless the body is complete, up to its closing boundary.
    init?(_ body: [UInt8], boundary: String) {
        let search = BoundarySearch(Array("\r\n--\(boundary)".utf8))
        var parts: [Part] = []
        // The first boundary may open the body, without the line break that precedes the others.
        let first = Array("--\(boundary)".utf8)
        var position: Int
        if body.starts(with: first) {
            position = first.count
        } else if let found = search.first(in: body[...], from: 0) {
            position = found + search.pattern.count
        } else {
            return nil
        }
        while true {
            if body[position...].starts(with: "--".utf8) { break }
            // A boundary may be followed by spaces.
            while position < body.count, body[position] == 0x20 || body[position] == 0x09 { position += 1 }
            guard body[position...].starts(with: [0x0D, 0x0A]) else { return nil }
            // The line break after the boundary is kept, so that an empty head also ends in two
            // line breaks.
            guard let next = search.first(in: body[...], from: position),
                let part = Self.part(body[position..<next])
            else { return nil }
            if let name = part.name { parts.append(Part(name: name, content: part.content)) }
            position = next + search.pattern.count
        }
        self.parts = parts
    }

    /// Splits the bytes between two boundaries, from the line break after the first, into the name
    /// in the head and the content.
    private static func part(_ bytes: ArraySlice<UInt8>) -> (name: String?, content: ArraySlice<UInt8>)? {
        let end = BoundarySearch([0x0D, 0x0A, 0x0D, 0x0A])
        guard let head = end.first(in: bytes, from: bytes.startIndex) else { return nil }
        var name: String?
        for line in String(decoding: bytes[bytes.startIndex..<head], as: UTF8.self).split(separator: "\r\n") {
            let sides = line.split(separator: ":", maxSplits: 1)
            guard sides.count == 2, sides[0].lowercased() == "content-disposition" else { continue }
            let pieces = split(String(sides[1]))
            if pieces.first?.lowercased() == "form-data" { name = parameter("name", of: pieces) }
        }
        return (name, bytes[(head + 4)...])
    }

    /// Splits a header at its semicolons, except those in quotes, and trims spaces and tabs.
    private static func split(_ header: String) -> [String] {
        var pieces = [""]
        var (isQuoted, isEscaped) = (false, false)
        for character in header {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isQuoted = false
                }
            } else if character == ";" {
                pieces.append("")
                continue
            } else if character == "\"" {
                isQuoted = true
            }
            pieces[pieces.count - 1].append(character)
        }
        return pieces.map { String($0.trimmingPrefix { $0 == " " || $0 == "\t" }) }.map { piece in
            var piece = piece
            while piece.last == " " || piece.last == "\t" { piece.removeLast() }
            return piece
        }
    }

    /// Returns the value of a parameter without its quotes.
    private static func parameter(_ name: String, of pieces: [String]) -> String? {
        for piece in pieces.dropFirst() {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, sides[0].lowercased() == name else { continue }
            guard sides[1].count >= 2, sides[1].first == "\"", sides[1].last == "\"" else {
                return String(sides[1])
            }
            var value = ""
            var isEscaped = false
            for character in sides[1].dropFirst().dropLast() {
                if !isEscaped, character == "\\" {
                    isEscaped = true
                } else {
                    value.append(character)
                    isEscaped = false
                }
            }
            return value
        }
        return nil
    }
}

/// Searches megabytes for a pattern without reading every byte (Horspool, 1980).
struct BoundarySearch: Sendable {
    let pattern: [UInt8]
    /// The distance that the pattern may move, by the byte below the pattern's last.
    private let skips: [Int]

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var skips = [Int](repeating: max(1, pattern.count), count: 256)
        for (index, byte) in pattern.dropLast().enumerated() { skips[Int(byte)] = pattern.count - 1 - index }
        self.skips = skips
    }

    /// Returns the first position of the pattern at or after `start`; `nil` if there is no match.
    func first(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var position = start - bytes.startIndex
            while position + pattern.count <= buffer.count {
                var index = pattern.count - 1
                while index >= 0, buffer[position + index] == pattern[index] { index -= 1 }
                if index < 0 { return position + bytes.startIndex }
                position += skips[Int(buffer[position + pattern.count - 1])]
            }
            return nil
        }
    }
}
