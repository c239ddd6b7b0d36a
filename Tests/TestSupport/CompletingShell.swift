import Foundation

/// A real shell that has read the completion script of `seedream`.
public enum CompletingShell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    /// The path of the shell; `nil` if it is not installed.
    public var path: String? {
        ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(rawValue)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The shells that are installed.
    public static var installed: [CompletingShell] { allCases.filter { $0.path != nil } }

    /// Returns what the shell offers for each of the lines, with the cursor at its end. One process
    /// completes all lines.
    ///
    /// - Parameters:
    ///   - lines: Lines without quotes and escapes.
    ///   - folder: The working directory.
    ///   - environment: Additions to the environment of the shell and of `seedream`.
    public func completions(
        of lines: [String], in folder: TemporaryFolder, environment: [String: String] = [:]
    ) async throws -> [[Offer]] {
        let tools = try TemporaryFolder()
        let script = try await CommandRunner().run(["--generate-completion-script", rawValue])
        // In a folder of `fpath`, zsh finds it by this name.
        try tools.write(Array(script.output), as: "_seedream")
        try tools.write(Array(driver.utf8), as: "driver")
        var runner = CommandRunner(path ?? "/nowhere/\(rawValue)")
        runner.leadingArguments = self == .fish ? ["--no-config"] : self == .zsh ? ["-f"] : ["--norc"]
        runner.directory = folder.path
        let bin = URL(fileURLWithPath: CommandRunner.seedream).deletingLastPathComponent().path
        runner.environment = environment.merging([
            "PATH": "\(bin):/usr/local/bin:/usr/bin:/bin", "TOOLS": tools.path, "LC_ALL": "C.UTF-8",
            "TERM": "xterm", "XDG_CONFIG_HOME": tools.path,
        ]) { given, _ in given }
        let words = lines.flatMap { self == .bash ? [$0] + BashWords($0).arguments : [$0] }
        let result = try await runner.run([tools.file("driver")] + words)
        let parts = result.text.components(separatedBy: "end of line\n").dropLast()
        guard result.errors.isEmpty, parts.count == lines.count else { throw Failed(result: result) }
        return parts.map { part in part.split(separator: "\n").map { Offer(String($0)) } }
    }

    /// A word that a shell offers.
    public struct Offer: Equatable, Sendable {
        /// The word.
        public var word: String
        /// The description; empty in bash, which shows none.
        public var description: String

        init(_ line: String) {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            // zsh prints a file as it has to be typed, and fish ends a folder with a slash.
            let typed = (parts.first ?? "").replacing("\\ ", with: " ")
            word = typed.hasSuffix("/") ? String(typed.dropLast()) : typed
            description = parts.count > 1 ? parts[1] : ""
        }
    }

    /// A shell that has not completed all lines, or has printed an error.
    public struct Failed: Error, CustomStringConvertible {
        var result: CommandResult
        /// What the shell has printed.
        public var description: String { result.description }
    }

    private var driver: String {
        switch self {
        case .bash:
            // Arguments: the line, the number of its words, the words, the current word.
            """
            source "$TOOLS/_seedream"
            function=$(complete -p seedream | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
            while [[ $# -gt 0 ]]; do
                COMP_LINE=$1 COMP_POINT=${#1} count=$2
                COMP_WORDS=("${@:3:count}") COMP_CWORD=$((count - 1))
                current=${@:3+count:1}
                shift $((count + 3))
                COMPREPLY=()
                "$function" seedream "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
                for word in "${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done
                echo "end of line"
            done
            """
        case .zsh:
            // The completion system needs a line editor, and that needs a terminal.
            """
            zmodload zsh/zpty zsh/zselect
            cat >$TOOLS/.zshrc <<'INNER'
            PROMPT= RPROMPT=
            fpath=($TOOLS $fpath)
            autoload -Uz compinit && compinit -u -D
            zstyle ':completion:*' verbose yes
            compadd() {
                local -a found described
                # Calls with these options add nothing.
                if [[ ${(M)@:#-[OAD]*} != '' ]]; then builtin compadd "$@"; return; fi
                local at=${@[(i)-d]}
                builtin compadd -A found "$@"
                [[ $at -le $# && ${@[at+1]} != '' ]] && described=(${(P)${@[at+1]}})
                local -i index
                for ((index = 1; index <= $#found; index++)); do
                    print -r -- "${found[index]}"$'\\t'"${described[index]}" >>$TOOLS/found
                done
                builtin compadd "$@"
            }
            list-all() { _main_complete; print end of line >>$TOOLS/found }
            zle -C list-all list-choices list-all
            bindkey '^T' list-all
            print ready >>$TOOLS/ready
            INNER
            export ZDOTDIR=$TOOLS
            zpty inner zsh -d -i
            # Waits until a file has a number of lines `end of line`.
            wait-for() {
                local -i turns=0
                until [[ -e $1 && $(grep -c "$2" $1) -ge $3 ]] || ((turns++ > 3000)); do
                    zpty -r -t inner ignored
                    zselect -t 1
                done
            }
            wait-for $TOOLS/ready ready 1
            local -i done=0
            for line in "$@"; do
                zpty -w -n inner "$line"$'\\C-t'
                wait-for $TOOLS/found 'end of line' $((++done))
                zpty -w -n inner $'\\C-u'
            done
            cat $TOOLS/found
            zpty -d inner
            """
        case .fish:
            """
            source $TOOLS/_seedream
            for line in $argv
                complete -C $line
                echo "end of line"
            end
            """
        }
    }
}

/// The words of a line as bash splits it: at spaces, and before and after each run of `:` and `=`.
private struct BashWords {
    /// The number of words, the words, and the beginning of the last one up to the cursor, which is
    /// empty after `:` and `=`.
    let arguments: [String]

    init(_ line: String) {
        var words: [String] = []
        for part in line.split(separator: " ", omittingEmptySubsequences: false) {
            let pieces = part.matches(of: /[:=]+|[^:=]+/).map { String($0.output) }
            words += pieces.isEmpty ? [""] : pieces
        }
        let last = words.last ?? ""
        let current = last.first.map { ":=".contains($0) } == true ? "" : last
        arguments = ["\(words.count)"] + words + [current]
    }
}
