import SeedreamCommand

/// The executable: all of it is in SeedreamCommand, which tests import.
@main
enum Main {
    static func main() { Seedream.start() }
}
