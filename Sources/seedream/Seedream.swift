import ArgumentParser
import ImageCodecs

/// The command tree.
@main
struct Seedream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seedream",
        abstract: "Make local pictures valid for ByteDance's Seedream 4.",
        discussion: """
            Examples:
              seedream prep photo.jpg cutout.png            what would be sent, as a table
              seedream prep *.jpg -o out                    write the prepared images
              seedream prep photo.jpg --data-uri            a data URI for a request by hand
              seedream prep --each scans/ -o out --ndjson   a folder, one request for each file
              seedream inspect photo.jpg                    what a file is, and what prep would do
              seedream emulate                              the providers on this machine, faults included

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofAll))
            """,
        version: version,
        subcommands: [Prep.self, Inspect.self, Emulate.self])

    /// The version of this package and of every linked codec, one a line.
    static var version: String {
        (["seedream \(release)"] + CodecVersions.all.map { "\($0.name) \($0.version)" }).joined(
            separator: "\n")
    }

    static let release = "0.1.0"

    static func main() async {
        StandardOutput.ignoreBrokenPipes()
        await main(nil)
    }
}
