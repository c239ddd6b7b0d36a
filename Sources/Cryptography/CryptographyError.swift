private import CCrypto

/// libcrypto refused.
package struct CryptographyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was asked of it.
    package let operation: String
    /// libcrypto's own words, or empty.
    package let detail: String

    /// Takes libcrypto's last error of this thread.
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
