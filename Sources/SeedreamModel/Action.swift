/// What is done to an input.
public enum Action: String, Hashable, Codable, Sendable, CaseIterable {
    /// The compressed pixels go out as they are; metadata is removed at container level.
    case passThrough = "pass-through"
    /// The picture is turned upright in the coefficient domain: no second generation of loss.
    case turn
    /// The picture is decoded and encoded anew.
    case transcode
}
