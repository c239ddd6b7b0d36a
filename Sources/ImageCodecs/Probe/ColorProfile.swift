import PixelEngine
import Pixels

/// An embedded ICC profile.
package struct ColorProfile: Hashable, Sendable {
    /// The profile's bytes.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The colour model of the data it describes, from the header (ICC.1:2010, 7.2.6): `"RGB "`,
    /// `"GRAY"`, `"CMYK"`.
    package var dataSpace: String? {
        bytes.count >= 128 ? String(decoding: bytes[16..<20], as: UTF8.self) : nil
    }

    /// Whether the header is there: its signature in place, its length enough for a header and not
    /// beyond the data.
    package var isPlausible: Bool {
        bytes.count >= 132 && bytes[36..<40].elementsEqual("acsp".utf8)
            && 132...bytes.count ~= number(at: 0) ?? 0
    }

    /// The profile without what follows the length that its header states (ICC.1:2010, 7.2.2);
    /// `nil` if it is not plausible.
    package var declaredPart: ColorProfile? {
        guard isPlausible, let length = number(at: 0) else { return nil }
        return length == bytes.count ? self : ColorProfile(bytes: Array(bytes.prefix(length)))
    }

    /// The text of the `desc` tag, which is what people call the profile; `nil` if there is none.
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

    /// `textDescriptionType` of version 2 (ASCII) or `multiLocalizedUnicodeType` of version 4 (its
    /// first record).
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
    /// The text without control characters and outer blanks, 80 characters at most; `nil` if
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

/// Which descriptions of colour count.
///
/// A format tries its descriptions in its order of precedence until one counts; those that do not
/// count leave a remark.
enum ProfileAcceptance {
    /// Puts an ICC profile into the probe, or a remark why it is not used.
    ///
    /// - Parameter bytes: Bytes beyond the size that the profile's header declares are left out.
    /// - Returns: Whether the profile counts.
    @discardableResult
    static func settle(_ bytes: [UInt8], in probe: inout ImageProbe, limits: DecodeLimits) -> Bool {
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
            return ignore("it describes \(space) data, the picture is \(probe.colorModel.rawValue)")
        }
        guard let space = ColorProfileReader.colorSpace(of: profile.bytes, channels: probe.colorChannels)
        else { return ignore("LittleCMS cannot convert from it") }
        probe.colorSpace = space
        probe.profile = profile
        probe.profileName = profile.name ?? "unnamed"
        return true
    }

    /// Uses a colour that is described without a profile, unless a profile counts.
    ///
    /// - Returns: Whether the description counts.
    @discardableResult
    static func settle(_ color: DescribedColor, origin: String, in probe: inout ImageProbe) -> Bool {
        guard probe.profile == nil, let space = color.colorSpace(channels: probe.colorChannels) else {
            return false
        }
        guard space != .sRGB else { return true }
        probe.colorSpace = space
        probe.colorOrigin = origin
        return true
    }
}
