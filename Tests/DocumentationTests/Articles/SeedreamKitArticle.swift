// The Swift blocks of the article in Sources/SeedreamKit/Documentation.docc.
// `CatalogueTests` compares them.
import SeedreamKit

/// Returns the cost of an edit in the worst case, in the provider's unit; `nil` if unknown.
func worstCost(of prompt: String, _ photos: [String], with session: SeedreamSession) async throws -> Double? {
    let row = RowRequest(
        label: "plan", inputs: photos.map { .file($0) }, request: GenerationRequest(prompt: prompt))
    return try await session.plan(row).submission?.worstCost
}

/// Edits photographs and returns the paths of the saved files. "Image 1" in the prompt is the
/// first photograph.
func savedEdit(
    _ prompt: String, _ photos: [String], with session: SeedreamSession, into folder: String
) async throws -> [String] {
    do {
        let job = try await session.edit(prompt, photos.map { .file($0) }, to: Destination(folder: folder)) {
            $0.size = .matchFirstImage(.k2)  // about 4 megapixels, in the shape of the first image
            $0.seed = 7
        }
        return job.files.map(\.path)
    } catch let failure as PreparationFailure {
        for input in failure.inputs { print("\(input.name): \(input.message); \(input.hint)") }
        throw failure
    } catch let error as ClientError {
        print("\(error); \(error.remedy)", error.purchase == .notTaken ? "" : "(do not send it again)")
        throw error
    }
}

/// Edits each photograph with the same prompt. Call it again to continue an interrupted run.
///
/// - Returns: The number of photographs whose results are saved.
func editedEach(
    _ prompt: String, _ photos: [String], with session: SeedreamSession, into folder: String, name: String
) async throws -> Int {
    let rows = photos.map { photo in
        RowRequest(label: photo, inputs: [.file(photo)], request: GenerationRequest(prompt: prompt))
    }
    let address = session.client.configuration.endpoints(of: session.client.provider).api
    let run = RunRecord(
        .init(command: "edit", sources: photos, destination: folder, origin: address, name: name))
    var saved = 0
    let stop = try await session.run(rows, as: run, to: Destination(folder: folder)) { outcome in
        switch outcome.action {
        case .skipped, .sent, .resumed: saved += outcome.job?.state == .saved ? 1 : 0
        default: print("\(outcome.label): \(outcome.action)", outcome.failed.map(\.message))
        }
    }
    if let reason = stop?.errorDescription { print("stopped early: \(reason)") }
    return saved
}
