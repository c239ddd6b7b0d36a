#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Random names that hosts give.
enum Identifier {
    /// A UUID in lower case, as fal and Apiframe name requests and jobs.
    static func uuid() -> String { UUID().uuidString.lowercased() }

    /// 32 hexadecimal digits.
    static func digits() -> String { uuid().replacing("-", with: "") }
}
