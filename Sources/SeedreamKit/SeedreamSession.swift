/// Placeholder.
public enum SeedreamSession {}
