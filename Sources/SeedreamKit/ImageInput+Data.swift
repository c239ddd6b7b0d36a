public import ImagePreparation

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension ImageInput {
    /// Encoded bytes in memory, as Foundation holds them. They are copied once.
    ///
    /// - Parameter name: What messages and results call it.
    public static func data(_ data: Data, name: String) -> ImageInput { .bytes(Array(data), name: name) }
}
