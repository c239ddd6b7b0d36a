public import Pixels

/// Why no size conforms.
public enum ConstraintError: Error, Hashable, Sendable {
    /// The long side exceeds `maximum` times the short one; no rescaling can mend that.
    case aspectRatioOutOfRange(PixelSize, maximum: Double)
    /// No size with this aspect ratio has an area in px² between the two bounds.
    case noConformingSize(PixelSize, minimumArea: Int, maximumArea: Int)
}

extension ConstraintError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .aspectRatioOutOfRange(let size, let maximum):
            let limit = maximum.formattedShortly
            let exact = Double(size.longSide) / Double(max(size.shortSide, 1))
            // A hair beyond the limit must not read as the limit.
            let rounded = exact.formattedShortly
            let ratio = rounded == limit ? "\((exact * 10_000).rounded(.up) / 10_000)" : rounded
            let found = size.width >= size.height ? "\(ratio):1" : "1:\(ratio)"
            return "aspect ratio \(found) (\(size)) is outside 1:\(limit) to \(limit):1"
        case .noConformingSize(let size, let minimum, let maximum):
            return "no size with the shape of \(size) has between \(minimum) and \(maximum) px²"
        }
    }
}

extension Double {
    /// At most two decimals, none that are zero: `"3"`, `"4.2"`, `"3.45"`.
    public var formattedShortly: String {
        guard isFinite, magnitude < 1e15 else { return "\(self)" }
        let hundredths = (self * 100).rounded()
        if hundredths.truncatingRemainder(dividingBy: 100) == 0 { return "\(Int(hundredths / 100))" }
        return "\(hundredths / 100)"
    }
}

extension Int {
    /// Decimal units as file managers show them: `"5.1 MB"`.
    package var formattedBytes: String {
        switch self {
        case ..<1000: return "\(self) B"
        case ..<1_000_000: return "\((self + 500) / 1000) kB"
        default:
            let tenths = (self + 50_000) / 100_000
            return "\(tenths / 10).\(tenths % 10) MB"
        }
    }
}
