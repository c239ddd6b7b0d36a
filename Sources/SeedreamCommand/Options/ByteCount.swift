import ArgumentParser

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
