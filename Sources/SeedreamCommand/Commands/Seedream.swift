package import ArgumentParser
import AtomicFiles
import Dispatch
import ImageCodecs
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command tree.
package struct Seedream: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
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
              seedream batch jobs.csv -o out                a request for each row
              seedream runs                                 what was begun, and how far it is
              seedream jobs                                 what was sent, and what became of it
              seedream report --since 2026-11-28            a page with images before and after
              seedream resume                               go on with what was interrupted
              seedream providers                            hosts, their limits and prices
              seedream emulate                              the providers on this machine, faults included

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """,
        version: version,
        subcommands: [
            Prep.self, Inspect.self, Edit.self, Generate.self, Batch.self, Runs.self, Jobs.self,
            ShowReport.self, Resume.self, Status.self, FetchResult.self, Cancel.self,
            ShowProviders.self, Emulate.self,
        ])

    /// The version of this package and of every linked codec, one a line.
    static var version: String {
        (["seedream \(release)"] + CodecVersions.all.map { "\($0.name) \($0.version)" }).joined(
            separator: "\n")
    }

    static let release = "0.1.0"

    /// Free descriptors with which every command ends by itself. With fewer, the runtimes of Swift
    /// and SwiftNIO end the process by a signal. Our number, tried.
    private static let leastFreeDescriptors = 13

    private static func checkDescriptors() {
        let limit = ThisProcess.openFileLimit(wanting: 256)
        let free = Descriptor.countFree(upTo: leastFreeDescriptors)
        guard free < leastFreeDescriptors else { return }
        Diagnostics().failure(
            "expected \(leastFreeDescriptors) free file descriptors, found \(free) "
                + "(this process may have \(limit))",
            hint: "raise the limit of open files, for example with `ulimit -n 256`")
        ThisProcess.end(ExitStatus.tryAgainLater.rawValue)
    }

    package init() {}

    /// Runs the command line of this process, and ends it.
    ///
    /// Not `async`: the first task opens descriptors, and there must be some left by then.
    package static func start() -> Never {
        ThisProcess.prepare()
        checkDescriptors()
        Task { await runArguments() }
        dispatchMain()
    }

    private static func runArguments() async {
        FreedMemory.shareArena()
        StandardOutput.ignoreSignalsOfWrites()
        guard CommandLine.argc > 0 else {
            // On Linux, Swift reads the arguments from /proc/self/cmdline.
            Diagnostics().failure(
                "the command line cannot be read", hint: "is /proc mounted? it holds the arguments")
            ThisProcess.end(ExitStatus.configuration.rawValue)
        }
        do {
            // Every hint of the library names options and commands from here on.
            try await Remedy.$wording.withValue(.command) {
                var command = try parseAsRoot(PathText.arguments)
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
        } catch {
            finish(error)
        }
        finish(nil)
    }

    /// Ends the process with what ArgumentParser says of an error, escaped as everything is that is
    /// shown.
    private static func finish(_ error: (any Error)?) -> Never {
        #if Client
        ClientSetup.closeLedgers()
        #endif
        guard let error else { ThisProcess.end(ExitStatus.done.rawValue) }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        let stream = code.isSuccess ? STDOUT_FILENO : STDERR_FILENO
        if !text.isEmpty { try? Terminal.write(TerminalText(lines: text) + "\n", to: stream) }
        ThisProcess.end(code.rawValue)
    }
}
