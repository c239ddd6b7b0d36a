/// The version of this package.
public enum SeedreamVersion {
    /// The version, by Semantic Versioning 2.0.0: major, minor and patch.
    ///
    /// The only place that states it: the command, the `User-Agent`, sidecars and packages take it
    /// from here. `CONTRIBUTING.md` says which changes raise which part.
    public static let current = "0.2.0"
}
