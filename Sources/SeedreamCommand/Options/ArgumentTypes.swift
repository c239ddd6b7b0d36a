public import ArgumentParser
public import ImagePreparation
public import Pixels
public import SeedreamClient
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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

/// A number of bytes as people write it: `8000000`, `8MB`, `8MiB`.
struct ByteCount: ExpressibleByArgument {
    var value: Int

    init?(argument: String) {
        let units: [(suffix: String, factor: Int)] = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30),
            ("kb", 1000), ("mb", 1_000_000), ("gb", 1_000_000_000),
            ("k", 1000), ("m", 1_000_000), ("g", 1_000_000_000), ("b", 1), ("", 1),
        ]
        let text = argument.lowercased().filter { $0 != "_" && $0 != "," }
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = Double(text.dropLast(unit.suffix.count)), number.isFinite, number >= 0,
                number * Double(unit.factor) < 1e15
            else { return nil }
            value = Int(number * Double(unit.factor))
            return
        }
        return nil
    }
}

/// An amount as people write it: `0.50`, `$0.50`, `0.5USD`, `30credits`.
struct Money: ExpressibleByArgument {
    var amount: Double
    var unit: Price.Unit

    init?(argument: String) {
        var text = argument.lowercased().filter { $0 != " " }
        unit = .usDollars
        if text.hasSuffix("credits") || text.hasSuffix("credit") {
            unit = .credits
            text = String(text.prefix(while: { $0 != "c" }))
        } else if text.hasSuffix("usd") {
            text = String(text.dropLast(3))
        } else if text.hasPrefix("$") {
            text = String(text.dropFirst())
        }
        guard let amount = Double(text), amount.isFinite, amount >= 0,
            text.allSatisfy({ $0.isNumber || $0 == "." })
        else {
            return nil
        }
        self.amount = amount
    }

    /// As a limit on what is spent.
    var budget: Budget { Budget(amount: amount, unit: unit) }
    /// As the price of a picture, by the word of whoever runs the command.
    var price: Price { Price(amount: amount, unit: unit, date: "", source: "--price") }
}

/// A point in time as people write it, in UTC: `2026-11-28`, which is its first second, or
/// `2026-11-28T14:30:00Z`.
struct Moment: ExpressibleByArgument {
    /// Since 1970.
    var seconds: Double

    init?(argument: String) {
        let text = argument.utf8.count == 10 ? argument + "T00:00:00Z" : argument
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        seconds = date.timeIntervalSince1970
    }
}

/// How a command shows how far it is.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// As a line that changes on a terminal, as lines elsewhere.
    case auto
    /// As lines.
    case plain
    /// Not at all.
    case none
}
