#if Client
// swift-session start
import SeedreamKit

/// Edits a photograph and returns the files that were saved.
func edited(_ photo: String, prompt: String, into folder: String) async throws -> [String] {
    let session = try SeedreamSession(.fal)  // the key from FAL_KEY, the ledger in the state folder
    let job = try await session.edit(prompt, [.file(photo)], to: Destination(folder: folder)) { $0.seed = 7 }
    return job.files.map(\.path)
}
// swift-session end
#endif
