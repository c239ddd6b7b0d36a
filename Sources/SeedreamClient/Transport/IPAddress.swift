import Platform

/// An IPv4 or IPv6 address. Parsing is strict: four decimal numbers, or the forms of RFC 4291
/// without a zone.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// Parses an address. Returns `nil` for octal, hexadecimal and shortened forms of IPv4, which
    /// resolvers interpret differently.
    package init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            var bytes = in6_addr()
            guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
            self = .v6(
                withUnsafeBytes(of: &bytes) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } })
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part == "0" || !part.hasPrefix("0"), let number = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(number)
        }
        self = .v4(value)
    }

    /// Returns whether the first `bits` bits equal those of `network`; `false` for different
    /// families.
    package func isWithin(_ network: IPAddress, bits: Int) -> Bool {
        switch (self, network) {
        case (.v4(let value), .v4(let network)): bits == 0 || (value ^ network) >> (32 - UInt32(bits)) == 0
        case (.v6(let value), .v6(let network)): bits == 0 || (value ^ network) >> (128 - UInt128(bits)) == 0
        default: false
        }
    }

    /// Whether the address is a loopback address.
    package var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let value): value == 1
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address in the format of RFC 5952.
    package var description: String {
        switch self {
        case .v4(let value):
            return [24, 16, 8, 0].map { "\(value >> $0 & 0xFF)" }.joined(separator: ".")
        case .v6(let value):
            var bytes = value.bigEndian
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else { return "::" }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
