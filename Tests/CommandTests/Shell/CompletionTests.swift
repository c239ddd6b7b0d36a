import Foundation
import TestSupport
import Testing

/// What real shells offer, with the scripts that the command prints.
@Suite("completion")
struct CompletionTests {
    /// A line, and what must be offered at its end.
    struct Row: Sendable {
        var line: String
        var offered: [String]
        /// What must not be offered.
        var absent: [String] = []
    }

    /// The files of the folder in which the lines are completed. The folders `runs` and `fal` have
    /// the names of a command and of a provider.
    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["a.png", "IMG_7.JPG", "two words.jpg", "notes.txt", "jobs.jsonl"] {
            try folder.write([], as: name)
        }
        for name in ["runs", "fal", "two shots"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: false)
        }
        try folder.write([], as: "fal/inner.heic")
        return folder
    }

    private static let rows = [
        Row(
            line: "seedream ", offered: ["prep", "edit", "generate", "batch", "jobs", "help"],
            absent: ["manual", "a.png"]),
        Row(line: "seedream ru", offered: ["runs"], absent: ["runs/"]),
        Row(
            line: "seedream edit night ", offered: ["a.png", "IMG_7.JPG", "two words.jpg", "two shots"],
            absent: ["notes.txt"]),
        Row(line: "seedream edit night two", offered: ["two words.jpg", "two shots"], absent: ["a.png"]),
        Row(line: "seedream edit night a.png ", offered: ["two words.jpg"]),
        Row(line: "seedream edit --prompt-file notes.txt ", offered: ["a.png", "two words.jpg"]),
        Row(line: "seedream edit --fal-mode run night ", offered: ["a.png", "two words.jpg"]),
        Row(line: "seedream prep ", offered: ["a.png", "two words.jpg"], absent: ["notes.txt"]),
        Row(line: "seedream inspect ", offered: ["a.png", "two words.jpg"]),
        Row(line: "seedream prep no", offered: ["notes.txt"], absent: ["a.png"]),
        Row(line: "seedream prep a.png -o ", offered: ["runs", "fal", "two shots"], absent: ["a.png"]),
        Row(line: "seedream prep --files-from ", offered: ["notes.txt"]),
        Row(line: "seedream edit --prompt-file=no", offered: ["notes.txt"], absent: ["a.png"]),
        Row(line: "seedream batch ", offered: ["jobs.jsonl", "two shots"], absent: ["a.png"]),
        Row(line: "seedream prep --format ", offered: ["auto", "jpeg", "png", "webp"], absent: ["a.png"]),
        Row(line: "seedream prep --format=j", offered: ["jpeg"], absent: ["png", "jobs.jsonl"]),
        Row(line: "seedream edit night a.png -p ", offered: ["fal", "aiml", "onerouter", "apiframe", "ark"]),
        Row(line: "seedream prep --profile ", offered: ["seedream-4", "fal", "ark"], absent: ["a.png"]),
        Row(line: "seedream edit night --profile ", offered: ["seedream-4", "fal", "ark"]),
        Row(line: "seedream emulate --provider ", offered: ["fal", "ark"]),
        Row(line: "seedream edit night --size 16:", offered: ["16:9", "16:9@4K"], absent: ["1:1"]),
        Row(
            line: "seedream edit night --model ",
            offered: ["fal-ai/bytedance/seedream/v4/edit", "seedream-4-0-250828"]),
        Row(
            line: "seedream edit night -p ark --model ", offered: ["seedream-4-0-250828"],
            absent: ["fal-ai/bytedance/seedream/v4/edit"]),
        Row(
            line: "seedream generate night -p fal --model ",
            offered: ["fal-ai/bytedance/seedream/v4/text-to-image"],
            absent: ["fal-ai/bytedance/seedream/v4/edit"]),
        Row(line: "seedream edit --onerouter", offered: ["--onerouter-bare-key"]),
        Row(line: "seedream jobs s", offered: ["settle"], absent: ["prune"]),
        Row(line: "seedream jobs settle 3f0c91aa ", offered: ["bought", "not-bought"]),
        Row(line: "seedream help e", offered: ["edit", "exit-codes"], absent: ["prep"]),
    ]

    @Test(
        "offers files, words, models and commands",
        .enabled(if: !CompletingShell.installed.isEmpty, "needs bash, zsh or fish"),
        arguments: CompletingShell.installed)
    func words(_ shell: CompletingShell) async throws {
        let offers = try await shell.completions(of: Self.rows.map(\.line), in: Self.folder())
        for (row, offers) in zip(Self.rows, offers) {
            // Bash replaces only what follows a colon, and fish names the option too.
            let start = shell == .bash && row.line.hasSuffix(":") ? "16:" : ""
            let words = offers.map { start + ($0.word.split(separator: "=").last.map(String.init) ?? "") }
            #expect(Set(row.offered).subtracting(words) == [], "\(row.line)")
            #expect(Set(row.absent).intersection(words) == [], "\(row.line)")
        }
    }

    @Test("shells that complete are installed", arguments: CompletingShell.allCases)
    func shells(_ shell: CompletingShell) {
        if shell.path == nil {
            Issue.record(
                "there is no \(shell.rawValue); `scripts/install-dependencies.sh --tests` installs it",
                severity: .warning)
        }
    }

    @Test(
        "describes commands in zsh and fish",
        .enabled(if: CompletingShell.installed.count > 1, "needs zsh or fish"),
        arguments: CompletingShell.installed.filter { $0 != .bash })
    func descriptions(_ shell: CompletingShell) async throws {
        let offers = try await shell.completions(of: ["seedream pro"], in: Self.folder())
        #expect(offers.map { $0.map(\.word) } == [["providers"]])
        #expect(offers[0][0].description.contains("Show the providers, their limits and prices"))
    }

    @Test("offers all files in bash and fish if none has the kind that is wanted")
    func otherFiles() async throws {
        let folder = try TemporaryFolder()
        try folder.write([], as: "scan")
        for shell in CompletingShell.installed {
            let offers = try await shell.completions(of: ["seedream prep "], in: folder)
            #expect(offers.map { $0.map(\.word) } == [["scan"]], "\(shell)")
        }
    }

    @Test("is installed by the lines of docs/cli.md, and found by the shells there")
    func installation() async throws {
        let block = try #require(try Document("docs/cli.md").block("console", in: "completion"))
        let home = try TemporaryFolder()
        var runner = CommandRunner("/bin/sh", "-c", block)
        let bin = URL(fileURLWithPath: CommandRunner.seedream).deletingLastPathComponent().path
        runner.environment = [
            "HOME": home.path, "PATH": "\(bin):/usr/local/bin:/usr/bin:/bin", "XDG_CONFIG_HOME": "",
            "XDG_DATA_HOME": "",
        ]
        let installed = try await runner.run([])
        #expect(installed.status == 0)
        #expect(installed.errors == "")
        let library = "/usr/share/bash-completion/bash_completion"
        let lines: [(shell: CompletingShell, words: [String], expected: String)] = [
            (
                .bash,
                [
                    "-c",
                    "[[ -e \(library) ]] || exit 77; . \(library); _completion_loader seedream; complete -p seedream",
                ], "-F __seedream_start seedream"
            ),
            (
                .zsh,
                [
                    "-f", "-c",
                    "fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[seedream]",
                ], "_seedream"
            ),
            (.fish, ["-c", "complete -C 'seedream ru'"], "runs"),
        ]
        for line in lines {
            guard let path = line.shell.path else { continue }
            runner.executable = path
            runner.leadingArguments = []
            let result = try await runner.run(line.words)
            if result.status != 77 {
                #expect(result.text.contains(line.expected), "\(line.shell): \(result)")
            }
        }
    }

    // MARK: Callbacks

    @Test(
        "answers a callback that makes no sense with nothing",
        arguments: [
            ["---completion"], ["---completion", "--"], ["---completion", "nothing", "--", "--model"],
            ["---completion", "edit", "--", "--nothing", "0", "0"],
            ["---completion", "edit", "--", "--model", "x", "y"],
            ["---completion", "edit", "--", "--format", "0", "0", "seedream"],
        ])
    func nonsense(_ words: [String]) async throws {
        let result = try await CommandRunner().run(words)
        #expect(result.status == 0)
        #expect(result.text == "")
        #expect(result.errors == "")
    }

    @Test("answers with nothing if too few descriptors are free", arguments: [8, 12, 16])
    func descriptors(_ limit: Int) async throws {
        let line = ["---completion", "edit", "--", "--model", "2", "0", "seedream", "edit", ""]
        let shell = CommandRunner(
            "/bin/sh", "-c", "ulimit -n \(limit); exec \"$0\" \"$@\"", CommandRunner.seedream)
        let result = try await shell.run(line)
        #expect(result.status == 0)
        #expect(result.errors == "")
    }

    @Test("prints the same script however it is asked for", arguments: CompletingShell.allCases)
    func spelling(_ shell: CompletingShell) async throws {
        let option = "--generate-completion-script"
        let script = try await seedream(option, shell.rawValue).text
        #expect(script.contains("__seedream_start") || shell != .bash)
        #expect(try await seedream("\(option)=\(shell.rawValue)").text == script)
        #expect(try await seedream("edit", option, shell.rawValue).text == script)
        var runner = CommandRunner()
        runner.environment["SHELL"] = "/usr/bin/\(shell.rawValue)"
        #expect(try await runner.run([option]).text == script)
    }

    @Test("names the shells for which there is a script")
    func unknownShell() async throws {
        let result = try await seedream("--generate-completion-script", "tcsh")
        #expect(result.status == 64)
        #expect(result.errors.contains("tcsh"))
    }
}
