/// The parts of a `multipart/form-data` body (RFC 7578, RFC 2046 section 5.1).
struct MultipartForm: Sendable {
    /// One field.
    struct Part: Sendable {
        let name: String
        let content: ArraySlice<UInt8>
    }

    /// In the order they came; parts without a name are left out.
    let parts: [Part]

    /// The boundary that a `Content-Type` names; `nil` if it is another type, or names none.
    static func boundary(in contentType: String) -> String? {
        let pieces = split(contentType)
        guard pieces.first?.lowercased() == "multipart/form-data" else { return nil }
        return parameter("boundary", of: pieces).flatMap { (1...70).contains($0.utf8.count) ? $0 : nil }
    }

    /// Takes a body apart; `nil` unless it is whole, to the boundary that closes it.
    init?(_ body: [UInt8], boundary: String) {
        let search = BoundarySearch(Array("\r\n--\(boundary)".utf8))
        var parts: [Part] = []
        // The first boundary may stand at the very beginning, without the line break that is part
        // of the others.
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
            // Spaces may follow a boundary.
            while position < body.count, body[position] == 0x20 || body[position] == 0x09 { position += 1 }
            guard body[position...].starts(with: [0x0D, 0x0A]) else { return nil }
            // The break after the boundary stays, so that a head without fields ends like any
            // other.
            guard let next = search.first(in: body[...], from: position),
                let part = Self.part(body[position..<next])
            else { return nil }
            if let name = part.name { parts.append(Part(name: name, content: part.content)) }
            position = next + search.pattern.count
        }
        self.parts = parts
    }

    /// Head and content of what stands between two boundaries, from the line break after the first.
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

    /// The pieces of a header between semicolons, those in quotes left alone; without the spaces
    /// around them.
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

    /// The value of a parameter, without its quotes.
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
