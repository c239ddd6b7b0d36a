import Cryptography
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamModel

/// What decides the result of a row, as a digest: two rows with the same one are equal requests.
///
/// In it are the provider's address, the model, the prompt, every setting that changes the request
/// or its bytes, and the digest of each input's own bytes; of a URL that is passed on, the URL. Not
/// in it: names, threads, the way that bytes travel, times, budget and price.
struct RowKey {
    /// Of the settings that all rows of a run share.
    private let shared: [String]
    private let planner: SubmissionPlanner

    init(_ planner: SubmissionPlanner, preparer: ImagePreparer) {
        self.planner = planner
        let (constraints, options) = (preparer.constraints, preparer.options)
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

    /// 64 hexadecimal digits.
    ///
    /// - Parameter inputs: The digest of each input's bytes, or the URL that is passed on.
    func content(of request: GenerationRequest, inputs: [String]) -> String {
        let limits = planner.limits
        let model = request.model ?? (inputs.isEmpty ? limits.generateModel : limits.editModel)
        let own = [
            model, request.prompt, Self.text(of: request.size), "\(request.count)",
            "\(request.imagesPerGeneration)", request.seed.map { "\($0)" } ?? "",
            request.safetyChecker.map { "\($0)" } ?? "", request.enhancement?.rawValue ?? "",
        ]
        // Each text with its length, so that no two lists are written alike.
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

/// Tells equal rows of one start apart: the first, the second, and so on.
actor Ordinals {
    private var last: [String: Int] = [:]

    func next(_ content: String) -> Int {
        last[content, default: 0] += 1
        return last[content, default: 1]
    }
}

/// Jobs that belong to no run, as all of version 0.1.0: nothing tells which request they were,
/// beyond its prompt and the names of its inputs. A request that has the same is bought, and said
/// to be like them.
struct EarlierJobs: Sendable {
    private struct Likeness: Hashable {
        var prompt: String
        var names: [Substring]
    }

    private let jobs: [Likeness: [JobRecord]]

    /// - Parameter jobs: As `JobLedger.jobs(withContent:)` gives them for `nil`.
    init(_ jobs: [JobRecord]) {
        let bought = jobs.filter { ![.failed, .cancelled].contains($0.state) && $0.pruned == nil }
        self.jobs = Dictionary(grouping: bought) { job in
            Likeness(prompt: job.prompt, names: job.inputs.map { Self.lastName($0.name) })
        }
    }

    /// Those that are like a row, the newest first.
    func like(_ row: RowRequest) -> [JobRecord] {
        guard !jobs.isEmpty else { return [] }
        return jobs[
            Likeness(prompt: row.request.prompt, names: row.inputs.map { Self.lastName($0.name) })] ?? []
    }

    /// The name without folders: the same file may be named in several ways.
    private static func lastName(_ name: String) -> Substring {
        name.split(separator: "/").last ?? Substring(name)
    }
}
