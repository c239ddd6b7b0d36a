import ArgumentParser
import SeedreamClient

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
