import ArgumentParser
import ImageCodecs

/// The command tree.
@main
struct Seedream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seedream",
        abstract: "Edit and generate pictures with ByteDance's Seedream 4, from local files to local files.",
        discussion: """
            Examples:
              seedream prep photo.jpg cutout.png            what would be sent, as a table
              seedream prep *.jpg -o out                    write the prepared images
              seedream prep photo.jpg --data-uri            a data URI for a request by hand
              seedream prep --each scans/ -o out --ndjson   a folder, one request for each file
              seedream inspect photo.jpg                    what a file is, and what prep would do
              seedream edit "put the dog in a hat" dog.jpg  prepare, send once, wait, save
              seedream generate "a lighthouse" --size 4K    the same from words alone
              seedream jobs                                 what was sent, and what became of it
              seedream resume                               go on with what was interrupted
              seedream providers                            hosts, their limits and prices
              seedream emulate                              the providers on this machine, faults included

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """,
        version: version,
        subcommands: [
            Prep.self, Inspect.self, Edit.self, Generate.self, Jobs.self, Resume.self, Status.self,
            FetchResult.self, Cancel.self,
            ShowProviders.self, Emulate.self,
        ])

    /// The version of this package and of every linked codec, one a line.
    static var version: String {
        (["seedream \(release)"] + CodecVersions.all.map { "\($0.name) \($0.version)" }).joined(
            separator: "\n")
    }

    static let release = "0.1.0"

    static func main() async {
        StandardOutput.ignoreSignalsOfWrites()
        await main(nil)
    }
}
