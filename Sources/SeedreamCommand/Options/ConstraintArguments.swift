import ArgumentParser
import SeedreamClient
import SeedreamModel

/// Constraints on the prepared images.
struct ConstraintArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Limits to prepare for: \(InputConstraints.profiles.map(\.name).joined(separator: ", ")) (default: seedream-4, or the provider's).",
            valueName: "profile"),
        completion: .list(InputConstraints.profiles.map(\.name)))
    var profile: String?

    @Option(help: ArgumentHelp("Smallest area in px² (default: 921600).", valueName: "px²"))
    var minArea: Int?

    @Option(help: ArgumentHelp("Largest area in px² (default: 16777216).", valueName: "px²"))
    var maxArea: Int?

    @Option(
        help: ArgumentHelp(
            "Images in one request; if there are more, the last ones are used (default: 10).", valueName: "n")
    )
    var maxInputs: Int?

    @Option(
        help: ArgumentHelp(
            "Largest encoded image, such as 8000000 or 8MB (default: the profile's).", valueName: "bytes"))
    var maxBytes: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Largest request body; images that are uploaded do not count (default: 20MB).", valueName: "bytes"
        ))
    var maxBody: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Largest ratio of the long side to the short side (default: 3).", valueName: "ratio"))
    var maxRatio: Double?

    /// Returns the profile with the given options applied.
    ///
    /// - Parameters:
    ///   - name: The profile if `--profile` is absent.
    ///   - model: The model to prepare for; `nil` for the profile's own.
    ///   - fit: The value of `--fit`.
    func constraints(
        default name: String = "seedream-4", model: String? = nil, fit: AspectRatioFit
    ) throws -> InputConstraints {
        var constraints = try constraints(of: profile ?? name, model: model)
        func set(_ value: Int?, _ path: WritableKeyPath<InputConstraints, Int>, _ name: String) throws {
            guard let value else { return }
            guard value > 0 else { throw ValidationError("\(name): expected more than 0, found \(value)") }
            constraints[keyPath: path] = value
        }
        try set(minArea, \.minimumArea, "--min-area")
        try set(maxArea, \.maximumArea, "--max-area")
        try set(maxInputs, \.maximumInputs, "--max-inputs")
        try set(maxBytes?.value, \.maximumBytes, "--max-bytes")
        try set(maxBody?.value, \.maximumBodyBytes, "--max-body")
        if let maxRatio {
            guard (1...1_000_000).contains(maxRatio) else {
                throw ValidationError("--max-ratio: expected 1 to 1000000, found \(maxRatio)")
            }
            constraints.maximumAspectRatio = maxRatio
        }
        guard constraints.minimumArea <= constraints.maximumArea, constraints.maximumArea <= 1 << 40 else {
            throw ValidationError(
                "expected --min-area at most --max-area, and --max-area at most \(1 << 40), found \(constraints.minimumArea) and \(constraints.maximumArea)"
            )
        }
        constraints.fit = fit
        return constraints
    }

    /// Returns the constraints of a profile, or of a model at its provider.
    private func constraints(of profile: String, model: String?) throws -> InputConstraints {
        guard let constraints = InputConstraints.profile(named: profile) else {
            let names = InputConstraints.profiles.map(\.name).joined(separator: ", ")
            throw ValidationError("--profile: expected one of \(names), found \(profile)")
        }
        guard let model else { return constraints }
        let table = ModelTable.standard
        // An alias without a provider means Ark's row: ByteDance's own.
        let provider =
            ProviderID(rawValue: profile)
            ?? ProviderID.allCases.first { table.entry(id: model, at: $0) != nil } ?? .ark
        do throws(RequestError) {
            let choice = try table.choice(of: model, at: provider, for: .edit)
            if choice.entry == nil {
                Diagnostics().note(
                    "\(model) is not among the known models of \(provider.displayName): prepared as for Seedream 4"
                )
            }
            return InputConstraints(for: SubmissionPlanner(provider).preparedEntry(of: choice.id))
        } catch {
            throw ValidationError("--model: \(error.message); \(error.hint)")
        }
    }
}
