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
