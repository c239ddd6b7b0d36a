private import CCrypto

/// An error reported by libcrypto.
package struct CryptographyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operation that failed.
    package let operation: String
    /// libcrypto's message, possibly empty.
    package let detail: String

    /// Returns libcrypto's earliest queued error of this thread, and clears the queue.
    package static func last(_ operation: String) -> CryptographyError {
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        if code != 0 { ERR_error_string_n(code, &text, text.count) }
        ERR_clear_error()
        let detail = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return CryptographyError(operation: operation, detail: detail)
    }

    package var description: String { "libcrypto: \(operation) failed: \(detail)" }
}
