extension Unicode.Scalar {
    /// Whether the scalar is invisible and may change how the surrounding text is displayed, or
    /// control the terminal: controls (C0, C1, DEL), formats (bidirectional controls, zero-width
    /// characters, tags), and line and paragraph separators.
    package var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar represents a byte of a file name that is not UTF-8, as written by
    /// `PathText` of Platform.
    fileprivate var standsForByte: Bool { (0x10F780...0x10F7FF).contains(value) }
}

extension String {
    /// The text made safe for display, on one line: invisible characters are escaped as `\n` or
    /// `\u{202E}`, and bytes of file names that are not UTF-8 as `\xE9`. Printable text is returned
    /// unchanged, so applying this twice changes nothing.
    package var visible: String {
        guard unicodeScalars.contains(where: { $0.isInvisible || $0.standsForByte }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case _ where scalar.standsForByte:
                text += "\\x\(String(scalar.value & 0xFF, radix: 16, uppercase: true))"
            case _ where scalar.isInvisible:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Equivalent JSON text without invisible characters except its own line breaks. Outside of
    /// strings JSON is ASCII; in strings `\u202E` represents the character.
    package var visibleJSON: String {
        guard unicodeScalars.contains(where: { $0.value > 0x7E && $0.isInvisible }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.value > 0x7E, scalar.isInvisible {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: true)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Double {
    /// The number with at most two decimals and no trailing zeros: `"3"`, `"4.2"`, `"3.45"`.
    public var formattedShortly: String { formatted(per: 100) }

    /// The amount with at most four decimals and no trailing zeros, since prices have parts of
    /// cents: `"3"`, `"0.0675"`.
    package var formattedAmount: String { formatted(per: 10_000) }

    private func formatted(per unit: Double) -> String {
        guard isFinite, magnitude < 1e15 / unit * 100 else { return "\(self)" }
        let parts = (self * unit).rounded()
        if parts.truncatingRemainder(dividingBy: unit) == 0 { return "\(Int(parts / unit))" }
        // Swift would write the smallest ones with an exponent.
        return abs(parts / unit) < 0.001 ? "0.000\(Int(abs(parts)))" : "\(parts / unit)"
    }
}

extension Int {
    /// The byte count in decimal units, as file managers show it: `"5.1 MB"`.
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
