import SeedreamCommand

/// The executable. All code is in SeedreamCommand, so that tests can import it.
@main
enum Main {
    static func main() { Seedream.start() }
}
