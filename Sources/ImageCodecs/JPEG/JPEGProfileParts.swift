/// Collects an ICC profile from its APP2 segments (ICC.1:2010, annex B.4).
///
/// Decoders differ over repeated parts: libjpeg drops the profile, Pillow joins all parts. Here,
/// an exact repetition of a part is ignored; contradicting or missing parts drop the profile.
struct JPEGProfileParts {
    static let signature = Array("ICC_PROFILE\0".utf8)
    /// The size of signature, number and total, in bytes.
    static let headerBytes = 14
    /// The most profile bytes of one segment: 65533 less 14 for the part's header.
    private static let maximumPart = 65_519

    private var parts: [UInt8: ArraySlice<UInt8>] = [:]
    private var expected: UInt8?
    private var isBroken = false
    /// Whether the parts came in order, each once.
    private var isInOrder = true

    mutating func add(_ payload: ArraySlice<UInt8>) {
        guard payload.starts(with: Self.signature), payload.count >= Self.headerBytes else { return }
        let body = payload.dropFirst(12)
        let number = body[body.startIndex]
        let total = body[body.startIndex + 1]
        let part = body.dropFirst(2)
        if number == 0 || number > total || expected ?? total != total { isBroken = true }
        if let known = parts[number], known != part { isBroken = true }
        if Int(number) != parts.count + 1 { isInOrder = false }
        expected = total
        parts[number] = part
    }

    /// The profile, if all parts are present.
    private var bytes: [UInt8]? {
        guard let expected, !isBroken, parts.count == Int(expected) else { return nil }
        return (1...expected).flatMap { parts[$0] ?? [] }
    }

    /// Whether the segments hold this profile, each part once and in order, and nothing else.
    func isPlain(_ profile: ColorProfile) -> Bool { isInOrder && bytes == profile.bytes }

    /// Puts the profile into the probe, or a remark with the reason why it is not used.
    func apply(to probe: inout ImageProbe, limits: DecodeLimits) {
        guard expected != nil else { return }
        guard let bytes else {
            probe.remarks.append(.profileIgnored("its parts are incomplete"))
            return
        }
        ProfileAcceptance.apply(bytes, to: &probe, limits: limits)
    }

    /// Returns the APP2 segments for a profile.
    static func segments(of profile: ColorProfile) -> [UInt8] {
        let total = (profile.bytes.count + maximumPart - 1) / maximumPart
        return (0..<total).flatMap { index -> [UInt8] in
            let part = profile.bytes.dropFirst(index * maximumPart).prefix(maximumPart)
            let length = part.count + 16
            return [0xFF, JPEGWalker.Marker.app2, UInt8(length >> 8), UInt8(length & 255)] + signature
                + [UInt8(index + 1), UInt8(total)] + part
        }
    }
}
