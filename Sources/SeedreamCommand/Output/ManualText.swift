/// The parts of the manual that the definitions of the commands do not contain. `docs/cli.md` has
/// the same variables and files.
package enum ManualText {
    /// Names, and what they mean.
    package struct Entry: Sendable {
        package var names: [String]
        package var text: String
    }

    /// The environment variables that the command reads.
    package static let variables = [
        Entry(
            names: [
                "FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "AIML_API_KEY", "ONEROUTER_API_KEY",
                "APIFRAME_API_KEY", "ARK_API_KEY",
            ],
            text: "The keys of the providers; FAL_KEY_ID and FAL_KEY_SECRET together replace FAL_KEY."),
        Entry(
            names: ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"],
            text: "Proxies, and the addresses that need none. Lower-case names take precedence."),
        Entry(
            names: ["XDG_CONFIG_HOME"],
            text: "The configuration folder (default: ~/.config)."),
        Entry(
            names: ["XDG_STATE_HOME"],
            text: "The state folder (default: ~/.local/state; on macOS ~/Library/Application Support)."),
        Entry(
            names: ["NO_COLOR", "TERM"],
            text: "No colour if NO_COLOR is set and not empty, or if TERM is dumb."),
        Entry(
            names: ["COLUMNS"],
            text: "The width of tables on a terminal that does not report its size (default: 80)."),
    ]

    /// The files that the command keeps.
    package static let files = [
        Entry(
            names: ["~/.config/seedream/keys"],
            text: "The keys of the providers as NAME=value lines, which only you may read."),
        Entry(
            names: ["~/.local/state/seedream/jobs.sqlite"],
            text: "The ledger: every job and every run."),
    ]
}
