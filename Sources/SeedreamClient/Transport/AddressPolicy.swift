/// The addresses that an untrusted URL must not lead to: its author could otherwise reach this
/// machine's network through the client.
package enum AddressPolicy {
    /// The kind of a URL's host.
    package enum Host: Hashable, Sendable {
        /// A host name, to be resolved.
        case name
        case address(IPAddress)
        /// A host that ends in a number and is not an IP address in its usual form: `127.1`,
        /// `0x7f000001`, `2130706433`, `127.0.0.1.`
        case disguisedNumber
    }

    /// The kind of network that an address belongs to.
    package enum Zone: Hashable, Sendable, CaseIterable {
        /// A public network.
        case world
        /// This machine (loopback).
        case machine
        /// A private network: RFC 1918, RFC 4193, and the shared addresses of RFC 6598.
        case privateNetwork
        /// The local link. Cloud metadata services, which hold keys, are there.
        case link
        /// An address that no server has.
        case special
    }

    /// Distinguishes a name from an address by the rule of the WHATWG URL standard ("ends in a
    /// number"): names never end in a number.
    package static func host(of url: URLParts) -> Host {
        if let address = IPAddress(url.host) { return .address(address) }
        if url.isIPv6 { return .disguisedNumber }
        var labels = url.host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        guard let last = labels.last, !last.isEmpty else { return .disguisedNumber }
        let isNumber = last.allSatisfy { ("0"..."9").contains($0) }
        return isNumber || last.hasPrefix("0x") ? .disguisedNumber : .name
    }

    /// Returns why the host of a URL cannot be reached from other machines, judged by its spelling;
    /// `nil` for most names.
    package static func objection(toHostOf url: URLParts) -> String? {
        switch host(of: url) {
        case .address(let address): objection(to: address).map { "\(url.host) is \($0)" }
        case .disguisedNumber: "\(url.host) is not a host name"
        // RFC 6761, section 6.3: the name and its subdomains, also with a trailing dot.
        case .name:
            ".\(url.host)".hasSuffix(".localhost") || ".\(url.host)".hasSuffix(".localhost.")
                ? "\(url.host) is this machine" : nil
        }
    }

    /// Returns why an address must not be called, such as `"link-local"`; `nil` if it may be
    /// called.
    package static func objection(to address: IPAddress) -> String? {
        let (zone, name) = zone(of: address)
        return zone == .world ? nil : name
    }

    /// Returns the kind of network that an address belongs to, and its name, such as
    /// `"link-local"`.
    package static func zone(of address: IPAddress) -> (zone: Zone, name: String) {
        for network in networks where address.isWithin(network.address, bits: network.bits) {
            return (network.zone, network.name)
        }
        if case .v6 = address, !address.isWithin(globalUnicast, bits: 3) {
            return (.special, "not a global unicast address")
        }
        return (.world, "public")
    }

    /// IANA assigns public IPv6 addresses only from this range, so everything outside it is refused
    /// even if it is not listed below: NAT64, IPv4-mapped addresses, discard-only addresses and
    /// segment routing among them.
    private static let globalUnicast = IPAddress.v6(0x2 << 124)

    /// IANA's special-purpose address registries (RFC 6890 and its updates), read 2026-11-21.
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
