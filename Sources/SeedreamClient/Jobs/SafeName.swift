import Platform

/// Makes file names from texts of unknown origin.
enum SafeName {
    /// Returns the text without characters that are not allowed in a name, shortened to a length in
    /// bytes without splitting a character; `image` if nothing is left.
    static func of(_ text: some StringProtocol, maximumLength: Int) -> String {
        var name = printable(text)
        while let first = name.first, first == "." || first == " " { name.removeFirst() }
        while name.utf8.count > maximumLength { name.removeLast() }
        // Windows and its shares drop trailing dots and spaces, which would make two names equal.
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return name.isEmpty ? "image" : name
    }

    /// Returns only the letters of any script with their accents, the digits, the spaces and `-_.`
    /// of a text.
    static func printable(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter(isAllowed)))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "_", ".", " ": true
        // A byte of a name that is not UTF-8, which is kept.
        case _ where PathText.byte(scalar) != nil: true
        default:
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
                // Hangul fillers are letters that print nothing.
                !scalar.properties.isDefaultIgnorableCodePoint
            default: false
            }
        }
    }
}
