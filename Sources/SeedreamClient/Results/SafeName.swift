import AtomicFiles

/// Makes file names of texts that nobody here has written.
enum SafeName {
    /// The text without what may not stand in a name, cut to a length in bytes between characters;
    /// `image` if nothing is left.
    static func of(_ text: some StringProtocol, maximumLength: Int) -> String {
        var name = printable(text)
        while let first = name.first, first == "." || first == " " { name.removeFirst() }
        while name.utf8.count > maximumLength { name.removeLast() }
        // Windows and its shares drop them, and then two names are one.
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return name.isEmpty ? "image" : name
    }

    /// The letters of any script with their accents, digits, spaces and `-_.` of a text.
    static func printable(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter(isAllowed)))
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "_", ".", " ": true
        // A byte of a name that is not UTF-8, which is kept as it is.
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
