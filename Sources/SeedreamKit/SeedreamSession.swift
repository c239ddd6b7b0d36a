public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// From files to files: prepares the inputs, sends the request once, waits, checks what came and saves it.
///
/// ```swift
/// let session = try SeedreamSession(.fal)
/// let job = try await session.edit("put the dog in a hat", [.file("dog.heic")], to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
public struct SeedreamSession: Sendable {
    /// Makes inputs valid.
    public var preparer: ImagePreparer
    /// Sends them.
    public let client: SeedreamClient

    /// Joins a preparer and a client.
    ///
    /// - Parameters:
    ///   - client: Made with ``PictureVerifier/decoding(limits:)``, it decodes what comes.
    ///   - options: How inputs are made valid. What they must be is the profile of the client's host.
    public init(client: SeedreamClient, options: PreparationOptions = PreparationOptions()) {
        self.client = client
        preparer = ImagePreparer(
            constraints: Self.constraints(for: client.provider, configuration: client.configuration),
            options: options)
    }

    /// What inputs must be for a host: its profile, with the body's limit where pictures travel in the body.
    public static func constraints(for provider: ProviderID, configuration: ClientConfiguration)
        -> InputConstraints
    {
        var constraints = InputConstraints.profile(named: provider.rawValue) ?? .seedream4
        constraints.maximumBodyBytes = configuration.maximumBodyBytes
        let limits = SubmissionPlanner(provider, configuration: configuration).limits
        // What is too much for a body is uploaded, not made smaller.
        if limits.uploadBytes != nil, configuration.imageTransport != .dataURI {
            constraints.maximumBodyBytes = .max
        }
        return constraints
    }

    /// Edits pictures. Every pixel of every input is decoded before anything is sent, also where
    /// `PreparationOptions.verifies` is false.
    ///
    /// - Parameters:
    ///   - prompt: "Image 1" in it means the first of the last ten inputs.
    ///   - inputs: At least one; of more than the host takes, the last are used.
    ///   - destination: Where results go.
    ///   - progress: Receives how far the preparation is.
    ///   - reporter: Receives what happens to the request.
    ///   - configure: Changes the request before it is sent.
    /// - Returns: The job, saved.
    /// - Throws: `PreparationFailure`, naming every input that failed: a request short of an image is another request, and is not sent.
    ///   Otherwise as `SeedreamClient.run`.
    public func edit(
        _ prompt: String, _ inputs: [ImageInput], to destination: Destination,
        progress: ProgressReporter? = nil,
        reportingTo reporter: ClientReporter? = nil, configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> JobRecord {
        let batch = try await preparer.decodingEveryPixel
            .prepare(inputs, failures: .refuse, reportingTo: progress)
        var request = GenerationRequest(prompt: prompt, images: batch.images.map { .prepared($0) })
        configure(&request)
        return try await client.run(request, to: destination, reportingTo: reporter)
    }

    /// Makes pictures from words alone.
    ///
    /// - Returns: The job, saved.
    /// - Throws: As `SeedreamClient.run`.
    public func generate(
        _ prompt: String, to destination: Destination, reportingTo reporter: ClientReporter? = nil,
        configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> JobRecord {
        var request = GenerationRequest(prompt: prompt)
        configure(&request)
        return try await client.run(request, to: destination, reportingTo: reporter)
    }
}
