public import ArgumentParser
public import ImagePreparation
public import Pixels
import Platform
public import SeedreamClient
public import SeedreamKit
public import SeedreamModel

extension ResamplingFilter: ExpressibleByArgument {}
extension AspectRatioFit: ExpressibleByArgument {}
extension PreparationOptions.OutputFormat: ExpressibleByArgument {}
extension PreparationOptions.ColorPolicy: ExpressibleByArgument {}
extension PreparationOptions.DamagePolicy: ExpressibleByArgument {}

extension ProviderID: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension JobRecord.Settlement: ExpressibleByArgument {}
extension FalOptions.Mode: ExpressibleByArgument {}
extension FalOptions.Priority: ExpressibleByArgument {}
extension PromptEnhancement: ExpressibleByArgument {}
extension ResultFormat: ExpressibleByArgument {}
extension ResultBackground: ExpressibleByArgument {}
extension RowOperation: ExpressibleByArgument {}

extension ExistingFiles: ExpressibleByArgument {}

extension OutputSize: ExpressibleByArgument {
    /// Parses the same text as ``init(_:)``.
    public init?(argument: String) { self.init(argument) }
}

extension RGBColor: ExpressibleByArgument {
    /// Parses the same text as ``init(_:)``.
    public init?(argument: String) { self.init(argument) }
}

/// A byte count written as `8000000`, `8MB` or `8MiB`.
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

/// An amount written as `0.50`, `$0.50`, `0.5USD` or `30credits`.
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

    /// The amount as a spending limit.
    var budget: Budget { Budget(amount: amount, unit: unit) }
    /// The amount as the price of one image, with `--price` as its source.
    var price: Price { Price(amount: amount, unit: unit, date: "", source: "--price") }
}

/// A point in time, written as `2026-11-28` (its first second), `2026-11-28T14:30` or
/// `2026-11-28T14:30+01:00`; local without an offset.
struct Moment: ExpressibleByArgument {
    /// Seconds since 1970.
    var seconds: Double

    init?(argument: String) {
        guard let seconds = LocalTime.seconds(argument) else { return nil }
        self.seconds = seconds
    }
}

/// A time, written in seconds. Its default is shown without a fraction of zero.
struct Seconds: ExpressibleByArgument {
    var value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        guard let value = Double(argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

/// The way in which images are sent to a provider.
enum ImageSending: String, ExpressibleByArgument, CaseIterable {
    case auto, inline, upload

    /// The same in the form that the client takes.
    var transport: ImageTransport {
        switch self {
        case .auto: .automatic
        case .inline: .dataURI
        case .upload: .upload
        }
    }
}

/// The form in which a command shows its progress on stderr.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// One changing line on a terminal, plain lines elsewhere.
    case auto
    /// Plain lines.
    case plain
    /// No progress.
    case none
}
