/// Collects an ICC profile from its APP2 segments (ICC.1:2010, annex B.4).
struct JPEGProfileParts {
    static let signature = Array("ICC_PROFILE\0".utf8)
    private var parts: [UInt8: ArraySlice<UInt8>] = [:]
    private var expected: UInt8?
    private var isBroken = false

    mutating func add(_ payload: ArraySlice<UInt8>) {
        guard payload.starts(with: Self.signature), payload.count >= 14 else { return }
        let body = payload.dropFirst(12)
        let number = body[body.startIndex]
        let total = body[body.startIndex + 1]
        if number == 0 || number > total || parts[number] != nil || expected ?? total != total {
            isBroken = true
        }
        expected = total
        parts[number] = body.dropFirst(2)
    }

    /// Puts the profile into the probe, or a remark why it is not used.
    func settle(in probe: inout ImageProbe, limits: DecodeLimits) {
        guard let expected else { return }
        guard !isBroken, parts.count == Int(expected) else {
            probe.remarks.append(.profileIgnored("its parts are incomplete"))
            return
        }
        let bytes = (1...expected).flatMap { parts[$0] ?? [] }
        ProfileAcceptance.settle(bytes, in: &probe, limits: limits)
    }
}
