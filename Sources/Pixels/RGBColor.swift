/// An opaque sRGB colour with 8 bits per channel.
public struct RGBColor: Hashable, Codable, Sendable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// Creates a colour from its channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `#ffffff`.
    public static let white = RGBColor(red: 255, green: 255, blue: 255)
    /// `#000000`.
    public static let black = RGBColor(red: 0, green: 0, blue: 0)

    /// Parses `white`, `black`, `#rgb` or `#rrggbb` (the `#` is optional); `nil` for other text.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "white": self = .white
        case "black": self = .black
        default:
            let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
            guard digits.allSatisfy(\.isHexDigit), digits.allSatisfy(\.isASCII) else { return nil }
            let full = digits.count == 3 ? digits.map { "\($0)\($0)" }.joined() : String(digits)
            guard full.count == 6, let value = UInt32(full, radix: 16) else { return nil }
            self.init(
                red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
        }
    }

    /// The channels in the order red, green, blue.
    package var levels: [UInt8] { [red, green, blue] }
    /// Whether the three channels are equal.
    package var isGrey: Bool { red == green && green == blue }

    /// The full-range BT.601 luma and chroma of the colour (JFIF 1.02).
    package var yCbCr: [UInt8] {
        let (r, g, b) = (Double(red), Double(green), Double(blue))
        return [
            0.299 * r + 0.587 * g + 0.114 * b, 128 - 0.168736 * r - 0.331264 * g + 0.5 * b,
            128 + 0.5 * r - 0.418688 * g - 0.081312 * b,
        ].map { UInt8(min(max($0.rounded(), 0), 255)) }
    }
}

extension RGBColor: CustomStringConvertible {
    /// `"#ffffff"`.
    public var description: String {
        "#" + levels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
