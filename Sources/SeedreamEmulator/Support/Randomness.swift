#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sebastiano Vigna's SplitMix64: 64 bits of state, good enough for fault probabilities and
/// drawings, and the same on every platform.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 up to, but not including, 1.
    mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// Random identifiers as providers issue them.
enum Identifier {
    /// Returns a UUID in lower case, as fal and Apiframe name requests and jobs.
    static func uuid() -> String { UUID().uuidString.lowercased() }

    /// Returns 32 hexadecimal digits.
    static func digits() -> String { uuid().replacing("-", with: "") }
}
