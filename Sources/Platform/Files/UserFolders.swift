#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the user's own files lie.
enum HomeFolder {
    /// `HOME`; without it, what the system knows of the user.
    static func path(_ variable: (String) -> String?) -> String {
        if let home = absolute(variable("HOME")) { return home }
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { buffer in
            guard let base = buffer.baseAddress,
                getpwuid_r(geteuid(), &entry, base, buffer.count, &found) == 0, found != nil,
                let home = absolute(entry.pw_dir.map { PathText.text($0) })
                // What Debian gives users without a home: nothing can be made there, and the error
                // says where.
            else { return "/nonexistent" }
            return home
        }
    }

    /// A path of the environment, which counts only if it is absolute (XDG Base Directory
    /// Specification 0.8).
    static func absolute(_ path: String?) -> String? {
        guard let path, path.hasPrefix("/") else { return nil }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// A variable of this process.
    static func systemVariable(_ name: String) -> String? { PathText.variable(name) }
}

/// Where a user keeps what a program is told: the file of keys.
package enum ConfigurationFolder {
    /// `$XDG_CONFIG_HOME/seedream`, or `~/.config/seedream`, on macOS too.
    ///
    /// - Parameter variable: The environment; this process's by default.
    package static func path(variable: ((String) -> String?)? = nil) -> String {
        let variable = variable ?? HomeFolder.systemVariable
        if let folder = HomeFolder.absolute(variable("XDG_CONFIG_HOME")) { return "\(folder)/seedream" }
        return "\(HomeFolder.path(variable))/.config/seedream"
    }
}

/// Where a program keeps what it must not forget: the ledger of jobs.
package enum StateFolder {
    /// `$XDG_STATE_HOME/seedream`, or `~/.local/state/seedream`; on macOS
    /// `~/Library/Application Support/seedream`.
    ///
    /// - Parameter variable: The environment; this process's by default.
    package static func path(variable: ((String) -> String?)? = nil) -> String {
        let variable = variable ?? HomeFolder.systemVariable
        if let folder = HomeFolder.absolute(variable("XDG_STATE_HOME")) { return "\(folder)/seedream" }
        #if os(macOS)
        return "\(HomeFolder.path(variable))/Library/Application Support/seedream"
        #else
        return "\(HomeFolder.path(variable))/.local/state/seedream"
        #endif
    }
}
