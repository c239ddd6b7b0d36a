import ArgumentParser
import SeedreamCommand
import TestSupport
import Testing

/// Each command line in the documents is one that the command accepts.
@Suite("command lines of the documents")
struct CommandLineTests {
    @Test("are accepted by the command's own parser", arguments: ShownCommand.all)
    func parses(_ command: ShownCommand) {
        do {
            _ = try Seedream.parseAsRoot(command.arguments)
        } catch {
            // `--help` and `--version` also end the parser with an error, but with status 0.
            #expect(Seedream.exitCode(for: error).isSuccess, "\(Seedream.fullMessage(for: error))")
        }
    }

    @Test("are found in blocks, in transcripts and in running text")
    func found() {
        #expect(ShownCommand.all.count > 40)
        let documents = Set(ShownCommand.all.map(\.document))
        for path in ["README.md", "docs/cli.md", "docs/editing.md", "docs/batch.md", "docs/emulator.md"] {
            #expect(documents.contains(path), "\(path)")
        }
    }

    @Test("are split as a shell splits them")
    func words() {
        #expect(
            ShellLine("A=1 seedream edit \"put it\" 'a b'.jpg | tee x  # note").commands == [
                ["A=1", "seedream", "edit", "put it", "a b.jpg"], ["tee", "x"],
            ])
        #expect(
            ShellLine("cat a && seedream prep - &").commands == [["cat", "a"], ["seedream", "prep", "-"]])
        #expect(ShellLine("seedream prep #1 a#b").commands == [["seedream", "prep"]])
        #expect(
            ShellLine(#"seedream edit "say \"x\"" a\ b"#).commands == [
                ["seedream", "edit", "say \"x\"", "a b"]
            ])
    }
}
