/// Which addresses a URL from outside must not lead to: whoever wrote it would see this machine's network through our eyes.
package enum AddressPolicy {
    /// What the host of a URL is.
    package enum Host: Hashable, Sendable {
        /// To be resolved.
        case name
        case address(IPAddress)
        /// It ends in a number and is no address in its usual spelling: `127.1`, `0x7f000001`, `2130706433`, `127.0.0.1.`
        case disguisedNumber
    }

    /// Tells a name from an address, by the rule of the WHATWG URL standard ("ends in a number"): names never end in one.
    package static func host(of url: URLParts) -> Host {
        if let address = IPAddress(url.host) { return .address(address) }
        if url.isIPv6 { return .disguisedNumber }
        var labels = url.host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        guard let last = labels.last, !last.isEmpty else { return .disguisedNumber }
        let isNumber = last.allSatisfy { ("0"..."9").contains($0) }
        return isNumber || last.hasPrefix("0x") ? .disguisedNumber : .name
    }

    /// Why nobody elsewhere can call the host of a URL, as far as its spelling says; `nil` for a name in general.
    package static func objection(toHostOf url: URLParts) -> String? {
        switch host(of: url) {
        case .address(let address): objection(to: address).map { "\(url.host) is \($0)" }
        case .disguisedNumber: "\(url.host) is no name"
        case .name: url.host == "localhost" ? "localhost is this machine" : nil
        }
    }

    /// Why an address must not be called, as `"link-local"`; `nil` where it may.
    package static func objection(to address: IPAddress) -> String? {
        for network in networks where address.isWithin(network.address, bits: network.bits) {
            return network.name
        }
        if case .v6 = address, !address.isWithin(globalUnicast, bits: 3) {
            return "no global unicast address"
        }
        return nil
    }

    /// IANA gives out addresses of all IPv6 from here only, so that what is not named below is refused as well: NAT64, addresses
    /// mapped from IPv4, discard-only and segment routing among it.
    private static let globalUnicast = IPAddress.v6(0x2 << 124)

    /// The special-purpose registries of IANA (RFC 6890 and its updates), read 2026-11-21.
    private static let networks: [(address: IPAddress, bits: Int, name: String)] = [
        ("0.0.0.0", 8, "unspecified"), ("10.0.0.0", 8, "private"), ("100.64.0.0", 10, "carrier-grade NAT"),
        ("127.0.0.0", 8, "loopback"), ("169.254.0.0", 16, "link-local"), ("172.16.0.0", 12, "private"),
        ("192.0.0.0", 24, "reserved"), ("192.0.2.0", 24, "documentation"), ("192.88.99.0", 24, "6to4"),
        ("192.168.0.0", 16, "private"), ("198.18.0.0", 15, "benchmarking"),
        ("198.51.100.0", 24, "documentation"), ("203.0.113.0", 24, "documentation"),
        ("224.0.0.0", 4, "multicast"), ("255.255.255.255", 32, "broadcast"), ("240.0.0.0", 4, "reserved"),
        ("::", 128, "unspecified"), ("::1", 128, "loopback"), ("::ffff:0:0", 96, "mapped from IPv4"),
        ("64:ff9b::", 96, "NAT64"), ("64:ff9b:1::", 48, "NAT64"), ("2001::", 23, "reserved"),
        ("2001:db8::", 32, "documentation"), ("2002::", 16, "6to4"), ("3fff::", 20, "documentation"),
        ("fc00::", 7, "private"), ("fe80::", 10, "link-local"), ("ff00::", 8, "multicast"),
    ].compactMap { text, bits, name in IPAddress(text).map { ($0, bits, name) } }
}
