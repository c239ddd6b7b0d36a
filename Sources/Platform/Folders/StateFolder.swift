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
