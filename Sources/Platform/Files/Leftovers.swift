import Synchronization

/// Temporary files that killed processes have left in folders.
enum Leftovers {
    /// What the names of temporary files begin with; 32 hexadecimal digits follow.
    static let prefix = ".seedream-"
    private static let swept = Mutex<Set<String>>([])

    /// Removes them from a folder, once in the life of a process.
    ///
    /// Files that a living process works on are locked, and stay. So do other users' files, and
    /// those of other names.
    static func sweep(_ folder: String) {
        guard swept.withLock({ $0.insert(folder).inserted }) else { return }
        for name in Folder.names(in: folder) where isName(name) {
            FileLock.removeUnlocked("\(folder)/\(name)")
        }
    }

    private static func isName(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 32
            && name.dropFirst(prefix.count).allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    }
}
