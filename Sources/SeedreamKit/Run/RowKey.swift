import Cryptography
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamModel

/// The digest of everything that decides the result of a row: two rows with the same digest are
/// equal requests.
///
/// It covers the provider's address, the model, the prompt, every setting that changes the request
/// or its bytes, and the digest of each input's encoded bytes, or the URL of an input that is
/// passed on. It does not cover names, threads, how the bytes are sent, times, budget or price.
struct RowKey {
    /// The settings that all rows of a run share.
    private let shared: [String]
    private let planner: SubmissionPlanner

    /// - Parameter model: The model that the preparer's constraints are for.
    init(_ planner: SubmissionPlanner, preparer: ImagePreparer, model: String?) {
        self.planner = planner
        // Those of the default model, with what the caller has changed: a number of the table that
        // is corrected must not make a row another one. The model itself is in each row's part.
        let constraints = preparer.constraints.adapted(
            from: planner.preparedEntry(of: model), to: planner.preparedEntry(of: nil))
        let options = preparer.options
        shared = [
            "row-1", planner.origin, planner.provider.rawValue,
            planner.configuration.options.arkWatermark ? "watermark" : "",
            "\(constraints.minimumArea)", "\(constraints.maximumArea)", "\(constraints.maximumAspectRatio)",
            "\(constraints.maximumInputs)", "\(constraints.maximumBytes)", constraints.fit.rawValue,
            constraints.acceptedMediaTypes.map(\.rawValue).joined(separator: ","),
            options.color.rawValue, options.format.rawValue, options.quality.map { "\($0)" } ?? "",
            "\(options.background.red),\(options.background.green),\(options.background.blue)",
            "\(options.keepsAlpha)", "\(options.keepsMetadata)", options.filter.rawValue,
            options.damage.rawValue,
        ]
    }

    /// Returns the digest of a request, 64 hexadecimal digits.
    ///
    /// - Parameter inputs: The digest of each input's encoded bytes, or the URL that is passed on.
    func content(of request: GenerationRequest, inputs: [String]) -> String {
        let model = planner.modelID(of: request.model, edits: !inputs.isEmpty) ?? request.model ?? ""
        var own = [
            model, request.prompt, Self.text(of: request.size), "\(request.count)",
            "\(request.imagesPerGeneration)", request.seed.map { "\($0)" } ?? "",
            request.safetyChecker.map { "\($0)" } ?? "", request.enhancement?.rawValue ?? "",
        ]
        // Absent in requests that do not set them, whose digest must not change from version to
        // version.
        own += [
            request.resultFormat.map { "format \($0.rawValue)" },
            request.resultBackground.map { "background \($0.rawValue)" },
            request.guidanceScale.map { "guidance \($0)" }, request.splitsLayers ? "layers" : nil,
        ].compactMap(\.self)
        // Each text is preceded by its length, so that different lists have different encodings.
        var digest = SHA256Stream()
        for text in shared + own + inputs {
            let bytes = Array(text.utf8)
            digest.update(Array("\(bytes.count):".utf8))
            digest.update(bytes)
        }
        return digest.finish().hexadecimal
    }

    private static func text(of size: OutputSize) -> String {
        switch size {
        case .matchFirstImage(let tier): "match@\(tier.rawValue)"
        case .preset(let preset): preset.rawValue
        case .pixels(let size): "\(size.width)x\(size.height)"
        case .aspect(let ratio, let tier): "\(ratio.width):\(ratio.height)@\(tier.rawValue)"
        }
    }
}

/// Numbers the equal rows of one start of a run: the first is 1, the second 2.
actor Ordinals {
    private var last: [String: Int] = [:]

    func next(_ content: String) -> Int {
        last[content, default: 0] += 1
        return last[content, default: 1]
    }
}

/// Jobs that belong to no run, as all jobs of version 0.1.0. They record the prompt and the names
/// of the inputs, not enough to tell whether a request is equal. A row with the same prompt and
/// names is still bought, and reported as similar.
struct EarlierJobs: Sendable {
    private struct Similarity: Hashable {
        var prompt: String
        var names: [Substring]
    }

    private let jobs: [Similarity: [JobRecord]]

    /// - Parameter jobs: The jobs that `JobLedger.jobs(withContent:)` returns for `nil`.
    init(_ jobs: [JobRecord]) {
        let bought = jobs.filter { ![.failed, .cancelled].contains($0.state) && $0.pruned == nil }
        self.jobs = Dictionary(grouping: bought) { job in
            Similarity(prompt: job.prompt, names: job.inputs.map { Self.lastName($0.name) })
        }
    }

    /// Returns the jobs that are similar to a row, the newest first.
    func similar(to row: RowRequest) -> [JobRecord] {
        guard !jobs.isEmpty else { return [] }
        return jobs[
            Similarity(prompt: row.request.prompt, names: row.inputs.map { Self.lastName($0.name) })] ?? []
    }

    /// Returns a name without its folders, since one file may be named by several paths.
    private static func lastName(_ name: String) -> Substring {
        name.split(separator: "/").last ?? Substring(name)
    }
}
