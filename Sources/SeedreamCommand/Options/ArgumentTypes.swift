public import ArgumentParser
public import ImagePreparation
public import Pixels
public import SeedreamClient
public import SeedreamModel

extension ResamplingFilter: ExpressibleByArgument {}
extension AspectRatioFit: ExpressibleByArgument {}
extension PreparationOptions.OutputFormat: ExpressibleByArgument {}
extension PreparationOptions.ColorPolicy: ExpressibleByArgument {}
extension PreparationOptions.DamagePolicy: ExpressibleByArgument {}

extension ProviderID: ExpressibleByArgument {}
extension ImageTransport: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension JobRecord.Settlement: ExpressibleByArgument {}
extension FalOptions.Mode: ExpressibleByArgument {}
extension FalOptions.Priority: ExpressibleByArgument {}
extension PromptEnhancement: ExpressibleByArgument {}

extension ExistingFiles: ExpressibleByArgument {}

extension OutputSize: ExpressibleByArgument {
    /// As ``init(_:)``.
    public init?(argument: String) { self.init(argument) }
}

extension RGBColor: ExpressibleByArgument {
    /// As ``init(_:)``.
    public init?(argument: String) { self.init(argument) }
}
