import ImageCodecs
public import SeedreamModel

/// Prepares local images for a provider before submission, so that they meet its constraints.
///
/// ```swift
/// let preparer = ImagePreparer(constraints: .seedream4)
/// let plan = try preparer.plan(inputs)
/// let batch = try await preparer.prepare(inputs)
/// batch.images[0].dataURI
/// ```
public struct ImagePreparer: Sendable {
    /// The constraints that the images must meet.
    public var constraints: InputConstraints
    /// The options for preparing them.
    public var options: PreparationOptions
    /// The budget for images in progress. All preparers of the process share one, except in tests.
    package var budget = ProcessBudget.shared

    /// Creates a preparer. Nothing is read or started before a call.
    public init(
        constraints: InputConstraints = .seedream4, options: PreparationOptions = PreparationOptions()
    ) {
        self.constraints = constraints
        self.options = options
    }

    /// The same preparer with ``PreparationOptions/verifies`` set: an image that does not decode
    /// must stop a request before it is paid for.
    package var decodingEveryPixel: ImagePreparer {
        var preparer = self
        preparer.options.verifies = true
        return preparer
    }

    /// Plans the preparation of each input from headers alone. No pixel is decoded and nothing is
    /// written.
    ///
    /// If there are more inputs than one request takes, only the last ones are opened. Inputs that
    /// cannot be prepared are listed in the plan and keep their positions.
    ///
    /// - Throws: ``PreparationError/tooManyInputs(count:maximum:)``, only if the options are
    ///   strict.
    /// - Complexity: One open and a few reads per input used.
    public func plan(_ inputs: [ImageInput]) throws(PreparationError) -> PreparationPlan {
        try survey(inputs).plan
    }

    /// Plans the preparation of each input for its own request: none is dropped, and every position
    /// is 1.
    public func planEach(_ inputs: [ImageInput]) -> PreparationPlan { surveyEach(inputs).plan }

    // MARK: Surveying

    /// A plan and the jobs for its images.
    struct Survey: Sendable {
        var plan = PreparationPlan(images: [], failed: [], dropped: [])
        var jobs: [ImageJob] = []
    }

    func survey(_ inputs: [ImageInput]) throws(PreparationError) -> Survey {
        let used = try used(of: inputs.count)
        var survey = survey(inputs[used].map { $0 as ImageInput? }, from: used.lowerBound)
        survey.plan.dropped = (0..<used.lowerBound).map { DroppedInput(index: $0, name: inputs[$0].name) }
        return survey
    }

    /// Returns the range of inputs that one request uses: all, or the last ones if there are too
    /// many.
    ///
    /// - Throws: ``PreparationError/tooManyInputs(count:maximum:)``, only if the options are
    ///   strict.
    package func used(of count: Int) throws(PreparationError) -> Range<Int> {
        let first = max(0, count - constraints.maximumInputs)
        if options.isStrict, first > 0 {
            throw .tooManyInputs(count: count, maximum: constraints.maximumInputs)
        }
        return first..<count
    }

    /// - Parameters:
    ///   - places: The inputs used, in order. `nil` marks an image that is not prepared here; it
    ///     keeps its number.
    ///   - first: The index of the first of them.
    func survey(_ places: [ImageInput?], from first: Int) -> Survey {
        var survey = Survey()
        for (place, input) in places.enumerated() {
            guard let input else { continue }
            add(input, index: first + place, position: place + 1, to: &survey)
        }
        return survey
    }

    func surveyEach(_ inputs: [ImageInput]) -> Survey {
        var survey = Survey()
        for (index, input) in inputs.enumerated() { add(input, index: index, position: 1, to: &survey) }
        return survey
    }

    private func add(_ input: ImageInput, index: Int, position: Int, to survey: inout Survey) {
        do throws(PreparationError) {
            let job = try job(for: input, index: index, position: position)
            survey.plan.images.append(job.planned)
            survey.jobs.append(job)
        } catch {
            survey.plan.failed.append(
                FailedInput(index: index, position: position, name: input.name, error: error))
        }
    }

    /// Opens and probes one input.
    func job(for input: ImageInput, index: Int, position: Int) throws(PreparationError) -> ImageJob {
        let source = try InputOpener.open(input, limits: options.limits)
        let probe: ImageProbe
        do throws(CodecError) {
            probe = try Prober.probe(source, limits: options.limits)
        } catch {
            throw .codec(error)
        }
        return try Planner(constraints: constraints, options: options).job(
            index: index, position: position, input: input, probe: probe, identity: source.identity)
    }
}
