import ArgumentParser

/// The script that makes a shell complete the command: the parser's own, with functions that
/// replace or extend some of its functions.
struct CompletionScript {
    /// The script.
    let text: String

    /// Returns whether a completion script, and no person, has written a command line.
    ///
    /// - Parameter words: The command line without the program's name.
    static func asks(_ words: [String]) -> Bool { words.first == "---completion" }

    /// - Parameters:
    ///   - words: The command line without the program's name. `nil` is returned unless it asks for
    ///     the script of a known shell, which is that of the user if none is named.
    ///   - root: The command at the top of the tree.
    init?(_ words: [String], of root: any ParsableCommand.Type) {
        let option = "--generate-completion-script"
        let options = words.prefix { $0 != "--" }
        guard let place = options.firstIndex(where: { $0 == option || $0.hasPrefix("\(option)=") }) else {
            return nil
        }
        let name =
            options[place] == option
            ? options[(place + 1)...].first : String(options[place].dropFirst(option.count + 1))
        guard let shell = name.map(CompletionShell.init(rawValue:)) ?? CompletionShell.autodetected() else {
            return nil
        }
        self.init(shell, of: root)
    }

    private init(_ shell: CompletionShell, of root: any ParsableCommand.Type) {
        let script = root.completionScript(for: shell)
        let topics = Self.topics(of: root)
        switch shell {
        case .bash: text = script + "\n" + Self.bash(topics)
        case .zsh: text = Self.zsh(script, topics)
        default: text = Self.withSharedConditions(script) + "\n" + Self.fish(topics)
        }
    }

    /// What `seedream help` explains, with a description.
    private static func topics(of root: any ParsableCommand.Type) -> [(name: String, abstract: String)] {
        var topics: [(name: String, abstract: String)] = []
        for command in root.configuration.subcommands where command.configuration.shouldDisplay {
            topics.append((command._commandName, command.configuration.abstract))
        }
        return topics + [(HelpTopic.exitCodes.rawValue, "List the exit codes.")]
    }

    // MARK: Bash

    private static func bash(_ topics: [(name: String, abstract: String)]) -> String {
        """
        # Below, functions of the script above are replaced or called in another way.

        _seedream_help() {
            [[ "${#unparsed_words[@]}" -gt 1 ]] ||
                COMPREPLY+=($(compgen -W '\(topics.map(\.name).joined(separator: " "))' -- "${cur}"))
        }

        \(bashFunctions)
        """
    }

    private static let bashFunctions = #"""
        # Words are not treated as names of files: a folder `runs` would add a slash to the command `runs`. Files of a
        # kind match in upper and lower case, and without a match, all files are offered.
        __seedream_add_completions() {
            local completion
            local -a found=()
            if [[ "${1}" = -W ]]; then
                compopt -o nosort 2>/dev/null
                while IFS='' read -r completion; do
                    [[ -n "${completion}" ]] && printf -v completion %q "${completion}" && found+=("${completion}")
                done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
            else
                compopt -o filenames 2>/dev/null
                while IFS='' read -r completion; do
                    found+=("${completion}")
                done < <(shopt -s nocasematch; IFS=$'\n' compgen "${@}" -- "${cur}")
                if [[ "${#found[@]}" -eq 0 && "${*}" = *-fX* ]]; then
                    while IFS='' read -r completion; do
                        found+=("${completion}")
                    done < <(IFS=$'\n' compgen -f -- "${cur}")
                fi
            fi
            COMPREPLY+=("${found[@]}")
        }

        # Bash splits the line at each character of COMP_WORDBREAKS too, such as : and =. This joins what has no space
        # between, splits --option=value, and calls the script above with words as the command gets them.
        __seedream_start() {
            compopt +o filenames 2>/dev/null
            local -a words=()
            local -i index current=0
            local rest="${COMP_LINE}" trimmed word cur=''
            for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
                word="${COMP_WORDS[index]}"
                trimmed="${rest#"${rest%%[![:space:]]*}"}"
                if [[ "${index}" -gt 0 && -n "${word}" && "${trimmed}" = "${rest}" ]]; then
                    words[${#words[@]} - 1]+="${word}"
                else
                    words+=("${word}")
                fi
                if [[ "${index}" -eq "${COMP_CWORD}" ]]; then
                    current="$((${#words[@]} - 1))"
                    cur="${words[current]%"${word}"}"
                    # The word ends at the cursor. Bash has removed a quote at its start.
                    case "${word}" in
                    \'* | \"*) cur+="${2}" ;;
                    *) cur+="${trimmed:0:${#trimmed} - ${#COMP_LINE} + COMP_POINT}" ;;
                    esac
                    words[current]="${cur}"
                fi
                rest="${trimmed#"${word}"}"
            done

            local -a COMP_WORDS=()
            local -i COMP_CWORD=0
            for ((index = 0; index < ${#words[@]}; index++)); do
                word="${words[index]}"
                if [[ "${word}" = --*=* ]]; then
                    COMP_WORDS+=("${word%%=*}" "${word#*=}")
                else
                    COMP_WORDS+=("${word}")
                fi
                [[ "${index}" -eq "${current}" ]] && COMP_CWORD="$((${#COMP_WORDS[@]} - 1))"
            done
            COMP_WORDS[0]="${COMP_WORDS[0]/#\~\//${HOME}/}"
            cur="${COMP_WORDS[COMP_CWORD]}"
            local COMP_LINE="${COMP_WORDS[*]::COMP_CWORD + 1}"
            local -i COMP_POINT="${#COMP_LINE}"
            _seedream "${1}" "${cur}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null

            # Bash replaces only its own idea of the word.
            local kept="${cur%"${2}"}"
            [[ -z "${kept}" || "${cur}" != *"${2}" ]] || COMPREPLY=("${COMPREPLY[@]#"${kept}"}")
        }

        complete -o filenames -F __seedream_start seedream
        """#

    // MARK: Zsh

    private static func zsh(_ script: String, _ topics: [(name: String, abstract: String)]) -> String {
        let list = topics.map { topic in
            let words = "\(topic.name):\(topic.abstract)"
            return "        '\(words.replacing("'", with: "'\\''"))'"
        }
        let functions = """
            # Replaces a function of the script above.
            _seedream_help() {
                local -ar topics=(
            \(list.joined(separator: "\n"))
                )
                [[ "${CURRENT}" -eq 2 ]] && _describe -V topic topics
            }


            """
        // The last command of the script calls its first function. The command is found behind ~/
        // too.
        let last = "if [[ \"${funcstack[1]}\" ="
        return withValuesAfterEquals(script).replacing(last, with: functions + last)
            .replacing(
                #""${command_name}" "${@}" "${command_line[@]}""#,
                with: #""${command_name/#\~\//${HOME}/}" "${@}" "${command_line[@]}" 2>/dev/null"#)
    }

    /// Returns the script with options whose value may follow after `=` as well; the parser's have
    /// it in the next word.
    private static func withValuesAfterEquals(_ script: String) -> String {
        let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // An option that takes a value, with one name or with several in braces.
            guard line.hasPrefix("        '"), line.contains("]:"), let end = line.firstIndex(of: "[") else {
                return String(line)
            }
            let names = line[..<end]
            let start = names.firstIndex(of: "{") ?? names.startIndex
            let changed = names[start...].replacing(#/--[a-z0-9][a-z0-9-]*/#) { "\($0.output)=" }
            return String(names[..<start]) + String(changed) + String(line[end...])
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Fish

    /// Returns the script with the conditions of options in two parts: fish evaluates equal
    /// conditions once, so that the options of the other commands cost nothing. The command is
    /// found behind `~/` too.
    private static func withSharedConditions(_ script: String) -> String {
        let function = "__seedream_should_offer_completions_for_flags_or_options"
        let program = #"""
            set -l program (string replace -r '^~/' "$HOME/" -- $tokens[1])
                command $program $argv $tokens 2>/dev/null
            """#
        return script.replacing("command $tokens[1] $argv $tokens", with: program).replacing(
            #/-n '(\w+ "[^"]*") ([^']+)'/#
        ) { match in
            match.1.hasPrefix(function)
                ? "-n '\(match.1)' -n '__seedream_is_unused \(match.2)'" : match.0
        }
    }

    private static func fish(_ topics: [(name: String, abstract: String)]) -> String {
        let help = topics.map { topic in
            let abstract = topic.abstract.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            return "complete -c 'seedream' -n '__seedream_should_offer_completions_for_positional"
                + " \"seedream help\" -eq 1' -fa '\(topic.name)' -d '\(abstract)'"
        }
        return fishFunctions + "\n" + help.joined(separator: "\n")
    }

    private static let fishFunctions = #"""

        # Below, functions of the script above are replaced.

        # Before fish 4, the position of the cursor in a word is known to interactive shells only. With a path in front
        # of its name, the command is the same.
        function __seedream_tokens
            if test "$argv" = -tC
                string length -- "$(commandline -ct)"
                return
            end
            set -l tokens
            if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
                set tokens (commandline --tokens-raw $argv)
            else
                set tokens (commandline -o $argv)
            end
            test "$argv" = -pc; and set tokens[1] seedream
            string join \n -- $tokens
        end

        # The line is parsed once for all conditions.
        function __seedream_parse_once
            set -l line (commandline -pc)
            test "$line" = "$__seedream_line"; and return
            set -l non_repeating_flags_or_options
            set -l non_repeating_flags_or_options_absent 0
            set -l positional_index 0
            set -l commands
            __seedream_parse_tokens
            set -g __seedream_line "$line"
            set -g __seedream_commands "$commands"
            set -g __seedream_positional_index $positional_index
            # The last word may be the option whose value is completed.
            set -l tokens (__seedream_tokens -pc)
            set -e tokens[-1]
            set -g __seedream_used (string match -r -- '^--?([^=]+)' $tokens)
        end

        function __seedream_should_offer_completions_for_flags_or_options -a expected_commands
            __seedream_parse_once
            test "$__seedream_commands" = "$expected_commands"
        end

        function __seedream_is_unused
            for name in $argv
                contains -- $name $__seedream_used; and return 1
            end
            return 0
        end

        function __seedream_should_offer_completions_for_positional -a expected_commands comparison expected_index
            __seedream_parse_once
            test "$__seedream_commands" = "$expected_commands"
            and test "$__seedream_positional_index" "$comparison" "$expected_index"
        end

        # Prints the files that fish itself would complete, which knows quotes, spaces and ~.
        function __seedream_paths
            set -l token (string replace -r -- '^--[a-z0-9-]+=' '' (commandline -ct))
            complete -C "__fish_command_without_completions $token"
        end

        # Prints files with one of these extensions, and folders; all files if there are none.
        function __seedream_files
            set -l paths (__seedream_paths)
            string match -ri -- '^.*(?:/|\.(?:'(string join '|' -- $argv)'))$' $paths
            or printf '%s\n' $paths
        end

        # Prints folders.
        function __seedream_folders
            string match -r -- '^.*/$' (__seedream_paths)
        end
        """#
}
