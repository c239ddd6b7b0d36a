import Foundation
import SeedreamModel
import TestSupport
import Testing

@Suite("table of models")
struct ModelTableTests {
    private let table = ModelTable.standard

    @Test("every ID belongs to one row of its provider, and every alias to one row")
    func unique() {
        for provider in ProviderID.allCases {
            let entries = table.entries(of: provider)
            #expect(!entries.isEmpty)
            let ids = entries.flatMap(\.ids)
            #expect(Set(ids).count == ids.count, "\(provider) has an ID twice")
            let aliases = entries.map(\.alias)
            #expect(Set(aliases).count == aliases.count, "\(provider) has an alias twice")
            #expect(table.entry(ModelTable.defaultAlias, at: provider)?.editID != nil)
            #expect(table.entry(ModelTable.defaultAlias, at: provider)?.generateID != nil)
        }
    }

    @Test("every fact has a document and a day, and every rule is possible")
    func facts() throws {
        for entry in table.entries {
            for source in entry.sources {
                #expect(!source.document.isEmpty)
                #expect(source.date.wholeMatch(of: /20\d\d-\d\d-\d\d/) != nil)
            }
            if let rule = entry.fields?.value { #expect(rule.has.isDisjoint(with: rule.lacks)) }
            if let rule = entry.inputs?.value { #expect(rule.maximum > 0) }
            guard let rule = entry.price?.value else { continue }
            let areas = rule.steps.map { $0.maximumArea ?? .max }
            #expect(areas == areas.sorted() && !areas.isEmpty)
            #expect(rule.steps.allSatisfy { $0.amount > 0 }, "an unknown price is nil, not 0")
        }
    }

    @Test(
        "an alias may be written in several ways",
        arguments: ["5.0-pro", "5-pro", "5.0 Pro", "v5.0-PRO", "5pro", "5_0_pro"])
    func spellings(_ name: String) {
        #expect(table.entry(name, at: .ark)?.alias == "5.0-pro")
        #expect(table.entry(name, at: .fal)?.alias == "5.0-pro")
        #expect(table.entry(name, at: .onerouter) == nil)
    }

    @Test("an alias means the ID for the operation")
    func operations() {
        guard case .listed(_, let edit) = table.find("4.5", at: .fal, for: .edit),
            case .listed(_, let generate) = table.find("4.5", at: .fal, for: .generate)
        else {
            Issue.record("expected a row for 4.5 at fal")
            return
        }
        #expect(edit == "fal-ai/bytedance/seedream/v4.5/edit")
        #expect(generate == "fal-ai/bytedance/seedream/v4.5/text-to-image")
        #expect(table.find(generate, at: .fal, for: .edit) == .otherOperation(table.entry("4.5", at: .fal)!))
        #expect(table.find("5.5", at: .fal, for: .edit) == .otherOperation(table.entry("5.5", at: .fal)!))
    }

    @Test("no name means the default model")
    func standard() {
        for provider in ProviderID.allCases {
            guard case .listed(let entry, let id) = table.find(nil, at: provider, for: .edit) else {
                Issue.record("expected a default at \(provider)")
                continue
            }
            #expect(entry.alias == "4.0" && id == entry.editID)
        }
    }

    @Test("an ID that is not in the table is taken as it is")
    func unlisted() {
        for id in [
            "fal-ai/bytedance/seedream/v9/edit", "ep-20260101-abcde", "12345-my-app", "seedream-6-0-270101",
            "some model", "x",
        ] {
            #expect(table.find(id, at: .ark, for: .edit) == .unlisted(id: id))
        }
    }

    @Test("a model of another provider names who sells it")
    func elsewhere() {
        for name in ["5.5", "seedream-5-5-261028"] {
            guard case .elsewhere(let entries) = table.find(name, at: .aiml, for: .generate) else {
                Issue.record("expected other providers for \(name)")
                continue
            }
            #expect(entries.contains { $0.provider == .ark })
            #expect(!entries.contains { $0.provider == .aiml })
        }
    }

    @Test(
        "a misspelt alias suggests the nearest",
        arguments: [("5.0-por", "5.0-pro"), ("5.0-flsh", "5.0-flash"), ("5.6", "5.5")])
    func misspelt(_ name: String, _ expected: String) {
        guard case .misspelt(let nearest) = table.find(name, at: .ark, for: .edit) else {
            Issue.record("expected suggestions for \(name), found \(table.find(name, at: .ark, for: .edit))")
            return
        }
        #expect(nearest.first == expected)
        #expect(nearest.count == 3)
    }

    @Test("an incomplete alias suggests what it may become")
    func incomplete() {
        guard case .misspelt(let nearest) = table.find("5.0", at: .ark, for: .edit) else {
            Issue.record("expected suggestions for 5.0")
            return
        }
        #expect(Set(nearest) == ["5.0-lite", "5.0-pro", "5.0-flash"])
    }

    @Test("no other source names a model: adding one is adding rows")
    func onlyRows() throws {
        let sources = Fixtures.root.appending(path: "Sources")
        let ids = Set(table.entries.flatMap(\.ids))
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            guard file.lastPathComponent != "ModelTable+Rows.swift" else { continue }
            count += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            // The profile `seedream-4` has the name of Apiframe's model.
            for id in ids where id != "seedream-4" && text.contains("\"\(id)\"") {
                Issue.record("\(file.lastPathComponent) names \(id)")
            }
        }
        #expect(count > 300)
    }
}

@Suite("constraints of models")
struct ModelConstraintTests {
    private let table = ModelTable.standard

    @Test("the default model keeps the constraints of each provider's profile")
    func profiles() {
        for (name, constraints) in InputConstraints.profiles {
            #expect(constraints.minimumArea == 921_600 && constraints.maximumArea == 16_777_216)
            #expect(constraints.maximumInputs == 10 && constraints.maximumAspectRatio == 3, "\(name)")
        }
        #expect(InputConstraints.profile(named: "fal")?.maximumBytes == 7_500_000)
        #expect(InputConstraints.profile(named: "fal")?.acceptedMediaTypes == [.jpeg, .png, .webp])
        #expect(InputConstraints.profile(named: "apiframe")?.maximumBytes == 25_000_000)
        #expect(InputConstraints.profile(named: "ark")?.maximumBytes == 10_000_000)
        #expect(InputConstraints.profile(named: "ark")?.acceptedMediaTypes == [.jpeg, .png])
        #expect(InputConstraints.profile(named: "aiml") == .seedream4)
    }

    @Test("the window of areas is the same for every model")
    func window() {
        for entry in table.entries {
            let constraints = InputConstraints(for: entry)
            #expect(constraints.minimumArea == 921_600 && constraints.maximumArea == 16_777_216)
        }
    }

    @Test("a model that takes more inputs gets them")
    func inputs() {
        #expect(InputConstraints(for: table.entry("4.5", at: .ark)).maximumInputs == 14)
        #expect(InputConstraints(for: table.entry("5.0-pro", at: .ark)).maximumInputs == 10)
        #expect(InputConstraints(for: table.entry("5.0-pro", at: .ark)).maximumBytes == 30_000_000)
        #expect(InputConstraints(for: table.entry("5.0-pro", at: .ark)).maximumAspectRatio == 16)
        #expect(InputConstraints(for: nil) == .seedream4)
    }

    @Test("what the caller has changed stays when the model changes")
    func adapted() {
        let (before, after) = (table.entry("4.0", at: .ark), table.entry("4.5", at: .ark))
        var constraints = InputConstraints(for: before)
        constraints.maximumBytes = 1_000_000
        constraints.fit = .pad
        let adapted = constraints.adapted(from: before, to: after)
        #expect(adapted.maximumInputs == 14 && adapted.maximumAspectRatio == 16)
        #expect(adapted.maximumBytes == 1_000_000 && adapted.fit == .pad)
    }
}

@Suite("rules for prices")
struct PriceRuleTests {
    @Test("a flat price does not depend on the area")
    func flat() {
        let rule = PriceRule(0.03)
        #expect(rule.worstCost(of: .init(outputs: 4, area: nil)) == 0.12)
        #expect(rule.worstCost(of: .init(outputs: 1, area: 1, inputs: 10)) == 0.03)
    }

    @Test("an area at a step costs the lower price, one px² above it the higher one")
    func steps() {
        let rule = PriceRule(steps: [
            .init(maximumArea: 2_610_000, amount: 0.045), .init(maximumArea: nil, amount: 0.09),
        ])
        #expect(rule.worstCost(of: .init(outputs: 1, area: 2_610_000)) == 0.045)
        #expect(rule.worstCost(of: .init(outputs: 1, area: 2_610_001)) == 0.09)
        #expect(rule.worstCost(of: .init(outputs: 1, area: nil)) == 0.09)
    }

    @Test("above the last step, and for layers of unknown price, the cost is unknown")
    func unknown() {
        let rule = PriceRule(steps: [.init(maximumArea: 100, amount: 1)])
        #expect(rule.worstCost(of: .init(outputs: 1, area: 101)) == nil)
        #expect(rule.worstCost(of: .init(outputs: 3, area: 50, isLayered: true)) == nil)
        var layered = rule
        layered.perLayer = 0.5
        #expect(layered.worstCost(of: .init(outputs: 3, area: 50, isLayered: true)) == 1.5)
    }

    @Test("the fee for inputs is for each generation, after the free ones")
    func fees() throws {
        let rule = PriceRule(
            steps: [.init(maximumArea: nil, amount: 1)], perInput: 0.25, freeInputs: 1)
        #expect(rule.worstCost(of: .init(outputs: 1, area: nil, inputs: 0)) == 1)
        #expect(rule.worstCost(of: .init(outputs: 1, area: nil, inputs: 1)) == 1)
        #expect(rule.worstCost(of: .init(outputs: 1, area: nil, inputs: 3)) == 1.5)
        #expect(rule.worstCost(of: .init(outputs: 2, area: nil, inputs: 3, generations: 2)) == 3)
    }
}
