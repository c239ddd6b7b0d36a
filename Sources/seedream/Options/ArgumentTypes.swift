public import ArgumentParser
public import ImagePreparation
public import Pixels
public import SeedreamModel

extension ResamplingFilter: ExpressibleByArgument {}
extension AspectRatioFit: ExpressibleByArgument {}
extension PreparationOptions.OutputFormat: ExpressibleByArgument {}
extension PreparationOptions.ColorPolicy: ExpressibleByArgument {}

extension RGBColor: ExpressibleByArgument {
    /// As ``init(_:)``.
    public init?(argument: String) { self.init(argument) }
}
