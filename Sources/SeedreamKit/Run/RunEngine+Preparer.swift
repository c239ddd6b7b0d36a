import ImagePreparation
import SeedreamClient
import SeedreamModel

extension RunEngine.ProviderContext {
    /// Returns the preparer for the inputs of a request: with the limits of its model, and with
    /// transparency kept if the result is to be transparent.
    func preparer(for request: GenerationRequest) -> ImagePreparer {
        var preparer = preparer
        let planner = client.planner
        preparer.constraints = preparer.constraints.adapted(
            from: planner.entry(of: model), to: planner.entry(of: request.model))
        if request.resultBackground == .transparent {
            preparer.options.keepsAlpha = true
            // Some models accept a cut-out only as PNG.
            preparer.options.format = .png
        }
        return preparer
    }
}
