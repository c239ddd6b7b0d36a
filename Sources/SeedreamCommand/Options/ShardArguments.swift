import ArgumentParser
import Platform
import SeedreamKit
import SeedreamModel

/// The part of a list that this process works on.
struct ShardArguments: ParsableArguments {
    @Option(
        name: .customLong("shard"),
        help: ArgumentHelp(
            "Only this part of the rows, such as 0/4; env: as the job array says, env/4 in Kubernetes.",
            valueName: "i/n", visibility: .rare))
    var text: String?

    /// Returns the part; `nil` for all rows.
    ///
    /// - Throws: `ValidationError` if the text or the environment does not tell it.
    func shard() throws -> Shard? {
        do throws(ShardError) {
            return try text.map { text throws(ShardError) in
                try Shard(text) { getenv($0).map { String(cString: $0) } }
            }
        } catch {
            throw ValidationError("--shard: \(error); \(error.hint)")
        }
    }
}
