/// What becomes of a job whatever its input is like; set by fault rules.
enum JobFate: Hashable, Sendable {
    case normal
    /// It ends in the host's own internal error.
    case fails
    /// It ends in the host's own refusal of the content.
    case moderated
    /// It never ends.
    case hangs
    /// It is accepted, and unknown from then on.
    case vanishes
}
