import ImagePreparation
import SeedreamClient
import SeedreamModel

extension RunEngine.ProviderContext {
    /// Returns the preparer for the inputs of a request: with the limits of its model, and with
    /// transparency kept if the result is to be transparent.
    func preparer(for request: GenerationRequest) -> ImagePreparer {
        var preparer = preparer
        let planner = client.planner
        if adapts {
            preparer.constraints = preparer.constraints.adapted(
                from: planner.preparedEntry(of: model), to: planner.preparedEntry(of: request.model))
        }
        guard request.resultBackground == .transparent else { return preparer }
        switch planner.transparency(of: request.model) {
        case .lacking: break
        case .ofAnyInput: preparer.options.keepsAlpha = true
        case .ofCutout:
            preparer.options.keepsAlpha = true
            // The one input must be a PNG.
            preparer.options.format = .png
        }
        return preparer
    }
}
