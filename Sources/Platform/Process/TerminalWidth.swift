#if canImport(Glibc)
private import CProcess
private import Glibc
#elseif canImport(Musl)
private import CProcess
private import Musl
#else
private import Darwin
#endif

/// How many columns a terminal has, and how many of them text takes.
package enum TerminalWidth {
    /// The columns of the terminal behind a descriptor; `nil` for a file or a pipe.
    ///
    /// A terminal that does not know its size is taken for one of `COLUMNS`, or of 80.
    package static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        let named = getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 0
        return named > 0 ? named : 80
    }

    /// The C library's table of widths for UTF-8, in every language of the user.
    nonisolated(unsafe) private static let locale: locale_t? = {
        #if canImport(Darwin)
        newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil)
        #else
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        #endif
    }()

    /// The columns of text without line breaks and other controls.
    ///
    /// Each scalar counts for itself: what a terminal joins to one sign, as an emoji and its skin
    /// tone, it may show in fewer.
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
            // What is newer than the C library.
            let isEmoji = scalar.properties.isEmojiPresentation
            return sum + (width >= 0 ? Int(width) : isEmoji ? 2 : 1)
        }
    }
}

extension String {
    /// Columns of a terminal: none for combining marks, two for wide signs of East Asia and emoji,
    /// one for others. The text is one line without controls.
    package var displayWidth: Int { TerminalWidth.columns(of: self) }
}
