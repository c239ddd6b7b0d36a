/// Which addresses a URL from outside must not lead to: its author would see this machine's network
/// through our eyes.
package enum AddressPolicy {
    /// What the host of a URL is.
    package enum Host: Hashable, Sendable {
        /// To be resolved.
        case name
        case address(IPAddress)
        /// It ends in a number and is no address in its usual spelling: `127.1`, `0x7f000001`,
        /// `2130706433`, `127.0.0.1.`
        case disguisedNumber
    }

    /// The kind of network that an address is in.
    package enum Zone: Hashable, Sendable, CaseIterable {
        /// Public.
        case world
        /// This machine: loopback.
        case machine
        /// A private network: RFC 1918, RFC 4193, and the shared addresses of RFC 6598.
        case privateNetwork
        /// The link itself. The metadata of clouds, keys among them, lie there.
        case link
        /// None that a server has.
        case special
    }

    /// Tells a name from an address, by the rule of the WHATWG URL standard ("ends in a number"):
    /// names never end in one.
    package static func host(of url: URLParts) -> Host {
        if let address = IPAddress(url.host) { return .address(address) }
        if url.isIPv6 { return .disguisedNumber }
        var labels = url.host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        guard let last = labels.last, !last.isEmpty else { return .disguisedNumber }
        let isNumber = last.allSatisfy { ("0"..."9").contains($0) }
        return isNumber || last.hasPrefix("0x") ? .disguisedNumber : .name
    }

    /// Why nobody elsewhere can call the host of a URL, as far as its spelling says; `nil` for a
    /// name in general.
    package static func objection(toHostOf url: URLParts) -> String? {
        switch host(of: url) {
        case .address(let address): objection(to: address).map { "\(url.host) is \($0)" }
        case .disguisedNumber: "\(url.host) is no name"
        // RFC 6761, section 6.3: the name and all below it; a dot at the end means the same name.
        case .name:
            ".\(url.host)".hasSuffix(".localhost") || ".\(url.host)".hasSuffix(".localhost.")
                ? "\(url.host) is this machine" : nil
        }
    }

    /// Why an address must not be called, as `"link-local"`; `nil` where it may.
    package static func objection(to address: IPAddress) -> String? {
        let (zone, name) = zone(of: address)
        return zone == .world ? nil : name
    }

    /// The kind of network that an address is in, and its name, as `"link-local"`.
    package static func zone(of address: IPAddress) -> (zone: Zone, name: String) {
        for network in networks where address.isWithin(network.address, bits: network.bits) {
            return (network.zone, network.name)
        }
        if case .v6 = address, !address.isWithin(globalUnicast, bits: 3) {
            return (.special, "no global unicast address")
        }
        return (.world, "public")
    }

    /// IANA gives out addresses of all IPv6 from here only, so that what is not named below is
    /// refused as well: NAT64, addresses mapped from IPv4, discard-only and segment routing among
    /// it.
    private static let globalUnicast = IPAddress.v6(0x2 << 124)

    /// The special-purpose registries of IANA (RFC 6890 and its updates), read 2026-11-21.
    private static let networks: [(address: IPAddress, bits: Int, zone: Zone, name: String)] = [
        ("0.0.0.0", 8, .special, "unspecified"), ("10.0.0.0", 8, .privateNetwork, "private"),
        ("100.64.0.0", 10, .privateNetwork, "carrier-grade NAT"), ("127.0.0.0", 8, .machine, "loopback"),
        ("169.254.0.0", 16, .link, "link-local"), ("172.16.0.0", 12, .privateNetwork, "private"),
        ("192.0.0.0", 24, .special, "reserved"), ("192.0.2.0", 24, .special, "documentation"),
        ("192.88.99.0", 24, .special, "6to4"), ("192.168.0.0", 16, .privateNetwork, "private"),
        ("198.18.0.0", 15, .special, "benchmarking"), ("198.51.100.0", 24, .special, "documentation"),
        ("203.0.113.0", 24, .special, "documentation"), ("224.0.0.0", 4, .special, "multicast"),
        ("255.255.255.255", 32, .special, "broadcast"), ("240.0.0.0", 4, .special, "reserved"),
        ("::", 128, .special, "unspecified"), ("::1", 128, .machine, "loopback"),
        ("::ffff:0:0", 96, .special, "mapped from IPv4"), ("64:ff9b::", 96, .special, "NAT64"),
        ("64:ff9b:1::", 48, .special, "NAT64"), ("2001::", 23, .special, "reserved"),
        ("2001:db8::", 32, .special, "documentation"), ("2002::", 16, .special, "6to4"),
        ("3fff::", 20, .special, "documentation"), ("fc00::", 7, .privateNetwork, "private"),
        ("fe80::", 10, .link, "link-local"), ("ff00::", 8, .special, "multicast"),
    ].compactMap { text, bits, zone, name in IPAddress(text).map { ($0, bits, zone, name) } }
}
