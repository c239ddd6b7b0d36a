#if !canImport(Darwin)
private import CProcess
#endif

/// The width of a terminal and of text, in columns.
package enum TerminalWidth {
    /// Returns the number of columns of the terminal at a descriptor; `nil` for a file or a pipe.
    ///
    /// If a terminal does not report its size, `COLUMNS` or 80 is assumed.
    package static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        let named = getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 0
        return named > 0 ? named : 80
    }

    /// The C library's table of character widths for UTF-8, independent of the user's language.
    nonisolated(unsafe) private static let locale: locale_t? = {
        #if canImport(Darwin)
        newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil)
        #else
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        #endif
    }()

    /// Returns the width of text without line breaks and other controls.
    ///
    /// Each scalar counts separately. A terminal may show a combined sign, such as an emoji with a
    /// skin tone, in fewer columns.
    fileprivate static func columns(of text: String) -> Int {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.utf8.count }
        let before = uselocale(locale)
        defer { _ = uselocale(before) }
        return text.unicodeScalars.reduce(0) { sum, scalar in
            #if canImport(Darwin)
            let width = wcwidth(wchar_t(bitPattern: scalar.value))
            #else
            let width = cprocess_columns(scalar.value)
            #endif
            // Characters that are newer than the C library.
            let isEmoji = scalar.properties.isEmojiPresentation
            return sum + (width >= 0 ? Int(width) : isEmoji ? 2 : 1)
        }
    }
}

extension String {
    /// The width in columns of a terminal: 0 for combining marks, 2 for wide East Asian characters
    /// and emoji, 1 for others. The text must be one line without controls.
    package var displayWidth: Int { TerminalWidth.columns(of: self) }
}
