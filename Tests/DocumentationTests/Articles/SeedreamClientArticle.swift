// The Swift blocks of the article in Sources/SeedreamClient/Documentation.docc.
// `CatalogueTests` compares them.
import SeedreamClient
import SeedreamModel

/// Returns the plan of a request: its body, its cost in the worst case, and warnings.
///
/// - Throws: `RequestError` with the field that the provider does not support; `BudgetError`.
func plannedRequest(_ prompt: String, count: Int, from provider: ProviderID) throws -> SubmissionPlan {
    var configuration = ClientConfiguration()
    configuration.budget = Budget(amount: 0.10, unit: .usDollars)
    var request = GenerationRequest(prompt: prompt)
    request.count = count
    return try SubmissionPlanner(provider, configuration: configuration).plan(request)
}

/// Edits prepared images and returns the paths of the saved files.
func editedFiles(
    _ prompt: String, _ images: [PreparedImage], with client: SeedreamClient, into folder: String
) async throws -> [String] {
    do {
        let job = try await client.edit(prompt, images: images, to: Destination(folder: folder))
        return job.files.map(\.path)
    } catch let error as ClientError {
        switch error.purchase {
        case .notTaken: print("nothing was bought: \(error); \(error.remedy)")
        case .taken: print("the job goes on at the provider: \(error); \(error.remedy)")
        case .unknown: print("check your account: \(error); \(error.remedy)")
        }
        throw error
    }
}

/// Resumes the open jobs of the client's provider, and returns the paths of their files.
func resumedFiles(with client: SeedreamClient) async throws -> [String] {
    let open = Set(JobState.allCases.filter { !$0.isFinal })
    var paths: [String] = []
    for job in try await client.ledger.jobs(in: open, limit: nil) where job.provider == client.provider {
        let resumed = try await client.resume(job.id)  // nil: another process works on it
        paths += resumed?.files.map(\.path) ?? []
    }
    return paths
}
