/// The user's home folder.
package enum HomeFolder {
    /// `HOME` if it is an absolute path, otherwise the folder in the system's user database.
    package static var path: String { path(systemVariable) }

    /// Returns `HOME` if it is an absolute path, otherwise the folder in the system's user
    /// database.
    static func path(_ variable: (String) -> String?) -> String {
        if let home = absolute(variable("HOME")) { return home }
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { buffer in
            guard let base = buffer.baseAddress,
                getpwuid_r(geteuid(), &entry, base, buffer.count, &found) == 0, found != nil,
                let home = absolute(entry.pw_dir.map { PathText.text($0) })
                // The home folder that Debian gives to users without one: nothing can be created
                // there, and the error names it.
            else { return "/nonexistent" }
            return home
        }
    }

    /// Returns a path from the environment, or `nil` unless it is absolute (XDG Base Directory
    /// Specification 0.8).
    static func absolute(_ path: String?) -> String? {
        guard let path, path.hasPrefix("/") else { return nil }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Returns an environment variable of this process.
    static func systemVariable(_ name: String) -> String? { PathText.variable(name) }
}

/// The user's configuration folder, which holds the file of keys.
package enum ConfigurationFolder {
    /// Returns `$XDG_CONFIG_HOME/seedream`, or `~/.config/seedream`, also on macOS.
    ///
    /// - Parameter variable: Returns the value of an environment variable. Default: this process's
    ///   environment.
    package static func path(variable: ((String) -> String?)? = nil) -> String {
        let variable = variable ?? HomeFolder.systemVariable
        if let folder = HomeFolder.absolute(variable("XDG_CONFIG_HOME")) { return "\(folder)/seedream" }
        return "\(HomeFolder.path(variable))/.config/seedream"
    }
}

/// The user's state folder, which holds the ledger of jobs.
package enum StateFolder {
    /// Returns `$XDG_STATE_HOME/seedream`, or `~/.local/state/seedream`; on macOS
    /// `~/Library/Application Support/seedream`.
    ///
    /// - Parameter variable: Returns the value of an environment variable. Default: this process's
    ///   environment.
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
