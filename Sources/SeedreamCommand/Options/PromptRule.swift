import ArgumentParser
import ImageCodecs
import ImagePreparation
import Platform
import SeedreamModel

/// Tells the prompt from the inputs on a command line, and finds mistakes before they cost money.
struct PromptRule {
    /// `edit` or `generate`; used in hints.
    let command: String
    /// The first argument.
    let prompt: String?
    /// The arguments after it.
    let inputs: [String]
    /// The value of `--prompt-file`.
    let file: String?
    /// Whether a request is complete without a prompt, as one for layers is.
    var isOptional = false

    /// The longest prompt read from a file or standard input, in bytes. Our number; providers
    /// accept a few thousand characters.
    private static let maximumLength = 1 << 20

    /// Whether the prompt comes from standard input.
    var readsStandardInput: Bool { (file ?? prompt) == "-" }

    // MARK: Mistakes

    /// The mistake in the arguments and the correct spelling; `nil` without a mistake. Looks at
    /// names and at which files exist, and opens none.
    var mistake: String? {
        guard file == nil else { return mistakeWithFile }
        guard let prompt else {
            return command == "edit"
                ? "no prompt given; write `seedream edit \"what to do\" image.jpg`"
                : "no prompt given; write `seedream generate \"what to make\"`"
        }
        if prompt == "-" {
            return inputs.contains("-")
                ? "standard input can be named only once: as the prompt, or as an input" : nil
        }
        if !prompt.unicodeScalars.contains(where: { !$0.properties.isWhitespace && !$0.isInvisible }) {
            return isOptional ? nil : "the prompt is empty; describe the image"
        }
        if prompt.unicodeScalars.contains(where: { PathText.byte($0) != nil }) {
            return "the prompt is not UTF-8; write it in UTF-8, or in a file with --prompt-file"
        }
        if prompt.hasPrefix("@"), !Self.isSentence(prompt) || Folder.isTaken(String(prompt.dropFirst())) {
            return
                "\(prompt): a prompt is read from a file with `--prompt-file \(Self.quoted(prompt.dropFirst()))`"
        }
        guard let kind = Self.kind(of: prompt, isBareFolderNamed: command == "edit") else { return nil }
        return "expected the prompt first, found \(kind) \(prompt.shortened(to: 60)); \(spelling(kind))"
    }

    /// The mistake if `--prompt-file` is given: a second prompt, or standard input named twice.
    private var mistakeWithFile: String? {
        guard let prompt else { return nil }
        if file == "-", prompt == "-" || inputs.contains("-") {
            return "standard input can be named only once: as the prompt, or as an input"
        }
        let isPrompt = command == "generate" || (Self.isSentence(prompt) && !Folder.isTaken(prompt))
        return isPrompt ? "a prompt and '--prompt-file' are both given; choose one" : nil
    }

    /// The kind of thing that a word names if it cannot be a prompt, such as `the file`; `nil` for
    /// a sentence and for any word that may be a prompt.
    private static func kind(of prompt: String, isBareFolderNamed: Bool) -> String? {
        let lower = prompt.lowercased()
        if !isSentence(prompt) {
            if ["http://", "https://", "file://"].contains(where: lower.hasPrefix) { return "the URL" }
            if lower.hasPrefix("data:") { return "the data URI" }
        }
        if Folder.exists(prompt), prompt.contains("/") || isBareFolderNamed { return "the folder" }
        if Folder.isTaken(prompt), !Folder.exists(prompt) { return "the file" }
        guard !isSentence(prompt) else { return nil }
        if let dot = lower.lastIndex(of: "."), extensions.contains(String(lower[lower.index(after: dot)...]))
        {
            return "the file name"
        }
        let isPath = ["/", "./", "../", "~/"].contains(where: prompt.hasPrefix) || prompt.hasSuffix("/")
        return isPath || [".", "..", "~"].contains(prompt) ? "the path" : nil
    }

    /// Whether a text has several words.
    private static func isSentence(_ text: some StringProtocol) -> Bool {
        text.contains(where: \.isWhitespace)
    }

    /// Extensions of files that users are likely to name on the command line.
    private static let extensions: Set = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif",
        "jxl",
        "svg", "psd", "pdf", "dng", "nef", "arw", "cr2", "cr3", "json", "jsonl", "csv", "txt", "md",
    ]

    /// The correct command. Uses another argument as the prompt if one looks like a prompt.
    private func spelling(_ kind: String) -> String {
        guard let prompt else { return "" }
        let lower = prompt.lowercased()
        if lower.hasSuffix(".txt") || lower.hasSuffix(".md") {
            let others = inputs.map { " " + Self.quoted($0) }.joined()
            return "write `seedream \(command) --prompt-file \(Self.quoted(prompt))\(others)`"
        }
        guard command == "edit" else {
            return kind == "the file"
                ? "write `seedream edit \"what to do\" \(Self.quoted(prompt))` to edit it"
                : "write `seedream generate \"what to make\"`"
        }
        let words =
            inputs.firstIndex { Self.isSentence($0) && !Folder.isTaken($0) }
            ?? inputs.firstIndex {
                $0 != "-" && !Folder.isTaken($0) && Self.kind(of: $0, isBareFolderNamed: true) == nil
            }
        let images = [prompt] + inputs.enumerated().filter { $0.offset != words }.map(\.element)
        let text = words.map { Self.quoted(inputs[$0]) } ?? "\"what to do\""
        let named =
            images.prefix(3).map { Self.quoted($0.shortened(to: 60)) } + (images.count > 3 ? ["..."] : [])
        return "write `seedream edit \(text) \(named.joined(separator: " "))`"
    }

    /// Returns a word quoted for a shell.
    private static func quoted(_ word: some StringProtocol) -> String {
        let plain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._/:,+=%@-".contains($0))
        }
        if plain, !word.isEmpty { return String(word) }
        if !word.contains(where: { "\"$`\\!".contains($0) }) { return "\"\(word)\"" }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }

    // MARK: The prompt

    /// The inputs. With `--prompt-file` the first argument is an input too.
    var images: [String] { file == nil ? inputs : [prompt].compactMap { $0 } + inputs }

    /// Returns the prompt: the first argument, or the content of standard input or of the file,
    /// without trailing line breaks.
    ///
    /// - Throws: `ValidationError`; an `ExitCode` if the task is cancelled while reading standard
    ///   input.
    func text() throws -> String {
        guard let source = file ?? (prompt == "-" ? "-" : nil) else { return prompt ?? "" }
        let name = source == "-" ? "standard input" : source
        let bytes = try source == "-" ? Self.standardInput() : Self.contents(of: source)
        guard bytes.count <= Self.maximumLength else {
            throw ValidationError("\(name): expected a prompt, found more than \(Self.maximumLength) bytes")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw ValidationError("\(name): expected a prompt in UTF-8, found other bytes; save it as UTF-8")
        }
        if text.first == "\u{FEFF}" { text.removeFirst() }
        while text.last?.isNewline == true { text.removeLast() }
        let hasWords = text.unicodeScalars.contains { !$0.properties.isWhitespace && !$0.isInvisible }
        guard isOptional || hasWords else {
            throw ValidationError("\(name): expected a prompt, found none")
        }
        return text
    }

    private static func standardInput() throws -> [UInt8] {
        do throws(PreparationError) {
            return try StandardInput.contents(maximum: maximumLength)
        } catch {
            if Task.isCancelled {
                Terminal.note("interrupted; nothing was sent")
                throw Interruption.status.code
            }
            throw ValidationError("standard input: the prompt cannot be read: \(error)")
        }
    }

    private static func contents(of path: String) throws -> [UInt8] {
        do throws(FileError) {
            return try WholeFile.contents(of: path, maximum: maximumLength)
        } catch {
            throw ValidationError("\(path): the prompt cannot be read: \(error.reason)")
        }
    }
}
