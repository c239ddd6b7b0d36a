import ArgumentParser
import ImagePreparation
import SeedreamModel

/// `seedream inspect`: shows the properties of a file and what `prep` would do to it.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the properties of an image, and what prep would do to it.",
        discussion: """
            Reads headers only. Each input is inspected separately.

            Examples:
              seedream inspect photo.jpg
              seedream inspect *.png --json --profile fal
            """)

    @Argument(
        help: ArgumentHelp("Files, - for standard input, data: URIs.", valueName: "input"),
        completion: .images)
    var inputs: [String]

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Flag(help: "Print one JSON record per line to stdout, as soon as each is known.")
    var ndjson = false

    @OptionGroup(title: "Preparation")
    var adjustments: ImageArguments

    @OptionGroup(title: "Constraints")
    var constraints: ConstraintArguments

    @OptionGroup(title: "Preparation")
    var preparation: PreparationArguments

    @OptionGroup(title: "Advanced")
    var terminal: TerminalArguments

    func validate() throws {
        if json, ndjson { throw ValidationError("'--json' and '--ndjson' both write to stdout; choose one") }
    }

    func run() throws {
        do {
            try inspect()
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        }
    }

    private func inspect() throws {
        let preparer = ImagePreparer(
            constraints: try constraints.constraints(fit: adjustments.fit),
            options: try preparation.options(adjustments))
        let images = inputs.map { ImageInput(argument: $0) }
        if json {
            let report = PreparationReport(preparer.planEach(images))
            try Terminal.print(JSON.document(report))
            for failure in report.failed { Diagnostics().failure(failure) }
            return try end(report.images.count, report.failed.count)
        }
        var (readable, failed) = (0, 0)
        for (index, input) in images.enumerated() {
            var plan = preparer.planEach([input])
            for place in plan.images.indices { plan.images[place].index = index }
            for place in plan.failed.indices { plan.failed[place].index = index }
            let report = PreparationReport(plan)
            for image in report.images {
                let lines = ndjson ? [try JSON.line(image)] : Self.description(of: image)
                for line in lines { try Terminal.print(line) }
            }
            for failure in report.failed {
                if ndjson { try Terminal.print(JSON.line(failure)) }
                Diagnostics().failure(failure)
            }
            readable += report.images.count
            failed += report.failed.count
        }
        try end(readable, failed)
    }

    private func end(_ readable: Int, _ failed: Int) throws {
        guard failed > 0 else { return }
        throw readable == 0 ? ExitStatus.noUsableInput.code : ExitStatus.someFailed.code
    }

    private static func description(of image: ImageRecord) -> [TerminalText] {
        let source = image.source
        let style = Style(descriptor: 1)
        func row(_ name: String, _ value: String?) -> TerminalText? {
            value.map { "  \(name)\(String(repeating: " ", count: 13 - name.count))\($0)" }
        }
        let coding = [source.colorModel, source.chromaSubsampling, "\(source.bitDepth) bits"]
            .compactMap { $0 }.joined(separator: ", ")
        let sent = image.prepared
        let why = image.reasons.map(\.rawValue).joined(separator: ", ")
        return [
            style.bold("\(source.name)"),
            row("format", source.format + (source.progressive ? ", progressive or interlaced" : "")),
            row("stored size", "\(source.width)x\(source.height)"),
            row("orientation", "\(source.orientation)"),
            row("bytes", "\(source.bytes)"),
            row("coding", coding),
            row("quality", source.quality.map { "about \($0)" }),
            row("profile", source.colorProfile ?? source.colorOrigin.map { "none; \($0)" } ?? "none"),
            row("alpha", source.alpha ? "yes" : "no"),
            row("images", source.frames > 1 ? "\(source.frames)" : nil),
            row(
                "prep", "\(image.action.rawValue) to \(sent.width)x\(sent.height) \(sent.mediaType.rawValue)"),
            row("because", why.isEmpty ? nil : why),
            row("unknown", image.unknown.map { $0.map(\.rawValue).joined(separator: ", ") }),
        ].compactMap { $0 } + image.notices.map { "  note         \($0.message)" as TerminalText }
    }
}
