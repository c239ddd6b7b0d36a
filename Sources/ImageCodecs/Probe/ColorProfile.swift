import PixelEngine
import Pixels

/// An embedded ICC profile.
package struct ColorProfile: Hashable, Sendable {
    /// The profile's bytes.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The colour model of the described data, from the header (ICC.1:2010, 7.2.6): `"RGB "`,
    /// `"GRAY"`, `"CMYK"`.
    package var dataSpace: String? {
        bytes.count >= 128 ? String(decoding: bytes[16..<20], as: UTF8.self) : nil
    }

    /// Whether the header is plausible: its signature is in place, and its length covers at least a
    /// header and does not exceed the data.
    package var isPlausible: Bool {
        bytes.count >= 132 && bytes[36..<40].elementsEqual("acsp".utf8)
            && 132...bytes.count ~= number(at: 0) ?? 0
    }

    /// The profile without bytes beyond the length stated by its header (ICC.1:2010, 7.2.2); `nil`
    /// if it is not plausible.
    package var declaredPart: ColorProfile? {
        guard isPlausible, let length = number(at: 0) else { return nil }
        return length == bytes.count ? self : ColorProfile(bytes: Array(bytes.prefix(length)))
    }

    /// The usual name of the profile, from its `desc` tag; `nil` without one.
    package var name: String? {
        guard isPlausible, let tags = number(at: 128) else { return nil }
        for index in 0..<min(tags, 100) {
            let entry = 132 + index * 12
            guard let offset = number(at: entry + 4), let length = number(at: entry + 8) else { return nil }
            guard bytes[entry..<entry + 4].elementsEqual("desc".utf8) else { continue }
            guard offset >= 0, length >= 12, offset <= bytes.count, length <= bytes.count - offset else {
                return nil
            }
            return text(Array(bytes[offset..<offset + length]))
        }
        return nil
    }

    /// Returns the text of a tag: `textDescriptionType` of version 2 (ASCII) or
    /// `multiLocalizedUnicodeType` of version 4 (its first record).
    private func text(_ tag: [UInt8]) -> String? {
        let body = ColorProfile(bytes: tag)
        if tag.starts(with: "desc".utf8), let length = body.number(at: 8), length > 0 {
            let ascii = tag.dropFirst(12).prefix(length).prefix { $0 != 0 }
            return String(decoding: ascii, as: UTF8.self).printable
        }
        if tag.starts(with: "mluc".utf8), let length = body.number(at: 20), let offset = body.number(at: 24),
            offset >= 0, length >= 2, offset <= tag.count, length <= tag.count - offset
        {
            let units = stride(from: offset, to: offset + length - 1, by: 2).map {
                UInt16(tag[$0]) << 8 | UInt16(tag[$0 + 1])
            }
            return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self).printable
        }
        return nil
    }

    private func number(at offset: Int) -> Int? {
        guard offset >= 0, offset + 4 <= bytes.count else { return nil }
        return bytes[offset..<offset + 4].bigEndianValue
    }
}

extension String {
    /// The text without control characters and leading spaces, 80 characters at most; `nil` if
    /// nothing is left.
    fileprivate var printable: String? {
        let kept = unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F ~= $0.value)
        }
        let text = String(String.UnicodeScalarView(kept)).prefix(80)
        let trimmed = text.drop { $0 == " " }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}

/// Accepts or refuses descriptions of colour.
///
/// A format tries its descriptions in its order of precedence until one is accepted; a refused one
/// leaves a remark.
enum ProfileAcceptance {
    /// Puts an ICC profile into the probe, or a remark with the reason why it is not used.
    ///
    /// - Parameter bytes: The profile. Bytes beyond the size declared by its header are dropped.
    /// - Returns: Whether the profile is accepted.
    @discardableResult
    static func apply(_ bytes: [UInt8], to probe: inout ImageProbe, limits: DecodeLimits) -> Bool {
        func ignore(_ why: String) -> Bool {
            probe.remarks.append(.profileIgnored(why))
            return false
        }
        guard bytes.count <= limits.maximumProfileBytes else {
            return ignore("it has \(bytes.count) bytes, the limit is \(limits.maximumProfileBytes)")
        }
        guard let profile = ColorProfile(bytes: bytes).declaredPart else { return ignore("it is damaged") }
        let fits: Bool =
            switch probe.colorModel {
            case .grey: profile.dataSpace == "GRAY"
            case .cmyk, .ycck: profile.dataSpace == "CMYK"
            case .yCbCr, .rgb, .palette: profile.dataSpace == "RGB "
            }
        guard fits else {
            let space = (profile.dataSpace ?? "").filter { $0 != " " }
            return ignore("it describes \(space) data, the image is \(probe.colorModel.rawValue)")
        }
        guard let space = ColorProfileReader.colorSpace(of: profile.bytes, channels: probe.colorChannels)
        else { return ignore("LittleCMS cannot convert from it") }
        probe.colorSpace = space
        probe.profile = profile
        probe.profileName = profile.name ?? "unnamed"
        return true
    }

    /// Uses a colour description that is not a profile, unless the probe has a profile.
    ///
    /// - Returns: Whether the description is accepted.
    @discardableResult
    static func apply(_ color: DescribedColor, origin: String, to probe: inout ImageProbe) -> Bool {
        guard probe.profile == nil, let space = color.colorSpace(channels: probe.colorChannels) else {
            return false
        }
        guard space != .sRGB else { return true }
        probe.colorSpace = space
        probe.colorOrigin = origin
        return true
    }
}
