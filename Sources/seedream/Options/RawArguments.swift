/// The arguments as the system gives them, in bytes.
enum RawArguments {
    /// Whether an argument was given in bytes that are not UTF-8. Swift's `CommandLine.arguments` holds U+FFFD
    /// in place of those.
    static func isMalformed(_ argument: String) -> Bool {
        guard argument.unicodeScalars.contains("\u{FFFD}") else { return false }
        return (0..<Int(CommandLine.argc)).contains { index in
            guard let bytes = CommandLine.unsafeArgv[index] else { return false }
            return String(validatingCString: bytes) == nil && String(cString: bytes) == argument
        }
    }
}
