import ArgumentParser

/// How a command shows how far it is.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// As a line that changes on a terminal, as lines elsewhere.
    case auto
    /// As lines.
    case plain
    /// Not at all.
    case none
}
