private import CCrypto

/// Comparisons whose duration tells nothing about where two texts differ.
package enum ConstantTime {
    /// Whether both hold the same bytes. Only a difference in length is seen at once.
    package static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
