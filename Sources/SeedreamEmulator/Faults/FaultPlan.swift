import SeedreamModel

/// The rules in force, and how often each has struck.
actor FaultPlan {
    private struct Entry {
        var rule: FaultRule
        var seen = 0
        var struck = 0
    }

    private var entries: [Entry] = []
    private var generator = SplitMix64(seed: 0)

    init(_ file: FaultFile?) {
        if let file {
            entries = file.rules.map { Entry(rule: $0) }
            generator = SplitMix64(seed: file.seed ?? 0)
        }
    }

    /// Replaces all rules, and begins the dice anew.
    func replace(with file: FaultFile) {
        entries = file.rules.map { Entry(rule: $0) }
        generator = SplitMix64(seed: file.seed ?? 0)
    }

    /// The rules with how often each has struck.
    var report: JSONValue {
        .array(
            entries.map { entry in
                [
                    "operation": .string(entry.rule.operation), "fault": .string(entry.rule.fault.word),
                    "struck": .integer(entry.struck),
                ]
            })
    }

    /// The faults that strike this request, in the rules' order.
    ///
    /// - Parameter isReading: Whether to choose among the faults of reading the request, or among
    ///   the others.
    func strike(operation: String, prompt: String?, isReading: Bool) -> [Fault] {
        var faults: [Fault] = []
        for index in entries.indices {
            let rule = entries[index].rule
            guard rule.fault.concernsReading == isReading, rule.covers(operation) else { continue }
            if let wanted = rule.prompt, prompt?.contains(wanted) != true { continue }
            entries[index].seen += 1
            guard entries[index].seen > rule.skip, entries[index].struck < rule.count ?? .max else {
                continue
            }
            if rule.probability < 1, generator.nextUnit() >= rule.probability { continue }
            entries[index].struck += 1
            faults.append(rule.fault)
        }
        return faults
    }
}
