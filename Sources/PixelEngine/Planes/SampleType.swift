/// How one sample is stored. Every type has full range.
package enum SampleType: Hashable, Sendable {
    /// 8 bits.
    case byte
    /// 16 bits, native byte order.
    case word

    /// Bytes of one sample.
    package var bytes: Int { self == .byte ? 1 : 2 }
}
