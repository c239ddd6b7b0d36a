import Pixels
import SeedreamClient
import SeedreamModel

extension ReportRow.State {
    /// The word for the state on the page.
    var word: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .unknown: "unknown"
        case .open: "open"
        case .waiting: "waiting"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        }
    }

    /// The sign beside the word; each state has a different shape.
    var sign: String {
        switch self {
        case .done: "✓"
        case .failed: "✕"
        case .unknown: "?"
        case .open: "◔"
        case .waiting: "○"
        case .cancelled: "⊘"
        case .skipped: "–"
        }
    }
}

extension ReportRow.Cost {
    /// `"0.03 USD"`, `"about 4 credits"`.
    var text: String { "\(isEstimate ? "about " : "")\(amount.formattedAmount) \(unit.rawValue)" }
}

extension PixelSize {
    /// `"4032 × 3024 px"`, with no-break spaces.
    var words: String { "\(width)\u{A0}×\u{A0}\(height)\u{A0}px" }
}

extension ReportImage {
    /// The last component of the name if it is a path, otherwise the whole name.
    var fileName: String {
        guard path != nil, let last = name.split(separator: "/").last else { return name }
        return String(last)
    }

    /// Returns the size, format and length, and how the thumbnail differs from the image.
    func lines(_ thumbnail: Thumbnail?) -> [String] {
        let bytes = byteCount?.formattedBytes.replacing(" ", with: "\u{A0}")
        let facts = [size?.words, format.map(Self.displayName), bytes].compactMap(\.self)
        var lines = facts.isEmpty ? [] : [facts.joined(separator: " · ")]
        if thumbnail?.isFlattened == true { lines.append("transparent parts shown on grey") }
        if thumbnail?.isDamaged == true { lines.append("damaged: only the decodable part is shown") }
        return lines
    }

    /// Fills in unknown facts from the header of the file.
    mutating func complete(from facts: SourceFacts) {
        // EXIF orientations 5 to 8 exchange the sides.
        let stored = PixelSize(width: facts.width, height: facts.height)
        size = size ?? (facts.orientation >= 5 ? stored.transposed : stored)
        byteCount = byteCount ?? facts.bytes
        format = format ?? facts.format
    }

    /// Returns the display name of a format: JPEG for both `"jpeg"` and `"image/jpeg"`.
    private static func displayName(_ format: String) -> String {
        let word = format.hasPrefix("image/") ? String(format.dropFirst(6)) : format
        switch word {
        case "webp": return "WebP"
        case "svg+xml": return "SVG"
        default: return word.uppercased()
        }
    }
}
