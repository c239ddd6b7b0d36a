package import ArgumentParser
import Dispatch
import ImageCodecs
import Platform
import SeedreamModel

/// The command tree.
package struct Seedream: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "seedream",
        abstract: "Edit and generate images with ByteDance's Seedream 4, from local files to local files.",
        discussion: """
            Examples:
              seedream prep photo.jpg cutout.png            show what would be sent
              seedream prep *.jpg -o out                    write the prepared images
              seedream prep photo.jpg --data-uri            print a data URI
              seedream prep --each scans/ -o out --ndjson   prepare each image of a folder
              seedream inspect photo.jpg                    show what prep would do
              seedream edit "put the dog in a hat" dog.jpg  prepare, send once, wait, save
              seedream generate "a lighthouse" --size 4K    the same from a prompt alone
              seedream batch jobs.csv -o out                send a request for each row
              seedream worker -o out                        answer rows of an engine
              seedream runs                                 list runs and their progress
              seedream jobs                                 list requests and their state
              seedream report --since 2026-11-28            write a before-and-after page
              seedream resume                               continue interrupted work
              seedream providers                            list providers and prices
              seedream models                               list models, sizes and prices
              seedream config                               show settings and their sources
              seedream schema                               list the JSON schemas
              seedream emulate                              emulate the providers locally

            Exit codes: see `seedream help exit-codes`. The help as JSON: `seedream help --json`.
            """,
        version: version,
        subcommands: [
            Prep.self, Inspect.self, Edit.self, Generate.self, Batch.self, Worker.self, Runs.self,
            Jobs.self,
            ShowReport.self, Resume.self, Status.self, FetchResult.self, Cancel.self,
            ShowProviders.self, ShowModels.self, ShowConfiguration.self, ShowSchema.self, Emulate.self,
            Manual.self,
        ])

    /// The version of this package and of each codec, one per line; of this package alone if the
    /// command line does not ask for versions. Every start makes this text, and some codecs are
    /// loaded to tell their versions.
    static var version: String {
        let own = "seedream \(SeedreamVersion.current)"
        guard PathText.arguments.contains(where: { $0.hasPrefix("--version") }) else { return own }
        return ([own] + CodecVersions.all.map { "\($0.name) \($0.version)" }).joined(separator: "\n")
    }

    /// The free descriptors that every command needs to end in an orderly way. With fewer, the
    /// runtimes of Swift and SwiftNIO end the process with a signal. Our number, from trials.
    private static let leastFreeDescriptors = 13

    private static func checkArguments() {
        guard CommandLine.argc == 0 else { return }
        // On Linux, Swift reads the arguments from /proc/self/cmdline.
        Diagnostics().failure(
            "the command line cannot be read", hint: "is /proc mounted? it holds the arguments")
        ThisProcess.end(ExitStatus.configuration.rawValue)
    }

    private static func checkDescriptors() {
        let limit = ThisProcess.openFileLimit(wanting: 256)
        let free = Descriptor.countFree(upTo: leastFreeDescriptors)
        guard free < leastFreeDescriptors else { return }
        // While a shell completes a word, there is no place for a message.
        if CompletionScript.asks(PathText.arguments) { ThisProcess.end(ExitStatus.done.rawValue) }
        Diagnostics().failure(
            "expected \(leastFreeDescriptors) free file descriptors, found \(free) "
                + "(this process may have \(limit))",
            hint: "raise the limit of open files, for example with `ulimit -n 256`")
        end(ExitStatus.tryAgainLater.rawValue)
    }

    package init() {}

    /// Runs the command line of this process, then ends the process.
    ///
    /// Not `async`, because the first task opens descriptors, and the free ones must be counted
    /// before; and because without /proc a process with tasks may end with a signal.
    package static func start() -> Never {
        ThisProcess.prepare()
        FreedMemory.shareArena()
        StandardOutput.ignoreSignalsOfWrites()
        checkArguments()
        MachineOutput.begin(PathText.arguments)
        checkDescriptors()
        Task { await runArguments() }
        dispatchMain()
    }

    private static func runArguments() async {
        if CompletionScript.asks(PathText.arguments) { await complete(PathText.arguments) }
        do {
            // From here on, hints of the library name options and commands.
            try await Remedy.$wording.withValue(.command) {
                var command = try parsed(PathText.arguments)
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

    /// Parses a command line, and prints a note for each old name in it.
    ///
    /// - Throws: `ValidationError` for a misspelt command; `CleanExit` for a help topic; the errors
    ///   of the parser.
    private static func parsed(_ words: [String]) throws -> any ParsableCommand {
        if let topic = HelpTopic(words) { throw CleanExit.message(topic.text) }
        if let command = HelpTopic.command(in: words) {
            let help = try HelpDocument(Self.self, words: command, version: SeedreamVersion.current)
            throw CleanExit.message(try JSON.document(help).text)
        }
        if let script = CompletionScript(words, of: Self.self) { throw CleanExit.message(script.text) }
        if let message = CommandSuggestion.message(for: words, in: Self.self) {
            throw ValidationError(message)
        }
        let renamed = try RenamedOptions(words)
        for note in renamed.notes { Diagnostics().note(note) }
        return try parseAsRoot(renamed.arguments)
    }

    /// Prints the completions that a completion script asks for, and ends the process. Without an
    /// answer it prints nothing.
    private static func complete(_ words: [String]) async -> Never {
        do {
            _ = try await asyncParseAsRoot(words)
        } catch {
            // Not through TerminalText: in fish, a tab separates a value from its description.
            let text = exitCode(for: error).isSuccess ? fullMessage(for: error) : ""
            if !text.isEmpty { try? Terminal.write(Array("\(text)\n".utf8), to: STDOUT_FILENO) }
        }
        ThisProcess.end(ExitStatus.done.rawValue)
    }

    /// Ends the process with the message and the exit code of an error, as JSON too if it is
    /// expected. Control characters in the message are escaped.
    private static func finish(_ error: (any Error)?) -> Never {
        #if Client
        ClientSetup.closeLedgers()
        #endif
        guard let error else { end(ExitStatus.done.rawValue) }
        let code = exitCode(for: error)
        // Errors that the command does not handle.
        if let error = error as? OutputError { end(StandardOutput.status(after: error).rawValue) }
        if error is any ErrorWithRemedy || error is CancellationError {
            ClientFailure.report(error)
            end(Verdict(error).status.rawValue)
        }
        let text = fullMessage(for: error)
        let stream = code.isSuccess ? STDOUT_FILENO : STDERR_FILENO
        if !text.isEmpty { try? Terminal.write(TerminalText(lines: text) + "\n", to: stream) }
        guard MachineOutput.isExpected else { end(code.rawValue) }
        let message = Self.line(message(for: error))
        end(
            code.rawValue, message: message.isEmpty ? nil : message,
            hint: code == .validationFailure
                ? "\(CommandSuggestion.help(for: PathText.arguments, in: Self.self)) lists the options" : nil)
    }

    /// Returns a message of the parser on one line. The parser lists values on lines of their own.
    private static func line(_ message: String) -> String {
        let lines = message.split(separator: "\n").map { $0.drop { $0 == " " } }
        let values = lines.dropFirst().map { $0.hasPrefix("- ") ? $0.dropFirst(2) : $0 }
        return ([lines.first ?? "", values.joined(separator: ", ")[...]].filter { !$0.isEmpty })
            .joined(separator: " ")
    }

    /// Ends the process, with the error as JSON if it is expected.
    private static func end(_ status: Int32, message: String? = nil, hint: String? = nil) -> Never {
        MachineOutput.finish(status, message: message, hint: hint)
        ThisProcess.end(status)
    }
}
