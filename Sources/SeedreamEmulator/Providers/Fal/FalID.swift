#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Ids as fal and Apiframe give them: random UUIDs in lower case.
enum FalID {
    static func next() -> String { UUID().uuidString.lowercased() }
}
