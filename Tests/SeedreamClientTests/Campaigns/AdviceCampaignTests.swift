#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// Every operation of every provider, with faults that end a request in every way: the command's
/// statement about the cost agrees with the provider's bookings, its exit code with the job's
/// state, and each command in a hint does what is said of it.
///
/// One sixth of the cases; all of them in a full campaign.
@Suite("hints, wherever a request can fail")
struct AdviceCampaignTests {
    struct Route: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var provider: String
        var operations: [String]
        var options: [String] = []
    }

    static let routes: [Route] = [
        Route(
            testDescription: "fal through the queue", provider: "fal",
            operations: [
                "fal.initiate", "fal.put", "fal.submit", "fal.status", "fal.result", "fal.download",
            ],
            options: ["--send-images", "upload"]),
        Route(
            testDescription: "fal in one request", provider: "fal", operations: ["fal.run", "fal.download"],
            options: ["--fal-mode", "run"]),
        Route(testDescription: "AIML", provider: "aiml", operations: ["aiml.generate", "aiml.download"]),
        Route(
            testDescription: "OneRouter", provider: "onerouter",
            operations: ["onerouter.edit", "onerouter.download"]),
        Route(
            testDescription: "Apiframe", provider: "apiframe",
            operations: ["apiframe.upload", "apiframe.generate", "apiframe.job", "apiframe.download"]),
        Route(testDescription: "Ark", provider: "ark", operations: ["ark.generate", "ark.download"]),
        Route(
            testDescription: "Ark with inline results", provider: "ark", operations: ["ark.generate"],
            options: ["--receive", "inline"]),
    ]

    static let faults: [Fault] =
        [400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503].map {
            .status($0, retryAfter: $0 == 429 ? "0" : nil, accepted: false)
        } + [
            .status(500, retryAfter: nil, accepted: true), .status(503, retryAfter: nil, accepted: true),
            .reset(.beforeHeaders), .reset(.afterAccept), .reset(.inBody), .invalidJSON, .html(status: 200),
            .html(status: 502), .answer(status: 200, headers: [:], body: ""), .truncate(bytes: 40),
            .contentLength(offBy: -7), .contentType("text/html"), .jobFails, .moderated, .jobHangs,
            .jobVanishes, .notAnImage, .redirect(location: "http://169.254.169.254/"),
        ]

    private static func cases(_ route: Route) -> [FaultRule] {
        let all = route.operations.flatMap { operation in faults.map { FaultRule(operation, $0) } }
        return Campaign.isFull ? all : all.enumerated().filter { $0.offset.isMultiple(of: 6) }.map(\.element)
    }

    @Test("state the bookings, and name commands that work", arguments: routes)
    func walk(_ route: Route) async throws {
        let cases = Self.cases(route)
        var tally: [String: Int] = [:]
        try await withThrowingTaskGroup(of: String.self) { group in
            for (index, rule) in cases.enumerated() {
                if index >= 8, let ending = try await group.next() { tally[ending, default: 0] += 1 }
                group.addTask { try await Self.strike(rule, on: route) }
            }
            for try await ending in group { tally[ending, default: 0] += 1 }
        }
        #expect(tally.values.reduce(0, +) == cases.count)
        let endings = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\(route.testDescription): \(endings.joined(separator: ", "))")
    }

    private static func strike(_ rule: FaultRule, on route: Route) async throws -> String {
        let what = "\(rule.fault) at \(rule.operation)"
        return try await CommandRig.with {
            $0.ambiguities.resultType = "image/jpeg"
        } _: { rig in
            await rig.emulator.setFaults([rule])
            let result = try await rig.run(
                ["edit", "a hat", EditCommandTests.photo, "--size", "1024x1024", "--timeout", "3"]
                    + route.options + rig.sending(to: route.provider))
            let state = try await PrintedAdvice.states(rig).first
            let booked = await rig.emulator.ledger
            let hints = PrintedAdvice.hints(in: result.errors)
            #expect(hints.count == (state == "saved" ? 0 : 1), "\(what): \(result.errors)")
            #expect(
                statuses(of: state).contains(result.status),
                "\(what): \(state ?? "no job"), \(result.status): \(result.errors)")
            let hint = hints.first ?? ""
            check(hint, of: state, against: booked, rule, "\(what): \(result.errors)")

            var ending = state
            // No hint completes a job that never ends, or that the provider has lost. On a busy
            // machine the time may be up before the fault strikes.
            let isStruck = await rig.emulator.requests.contains { !$0.faults.isEmpty }
            let isLost = isStruck && [.jobHangs, .jobVanishes].contains(rule.fault)
            await rig.emulator.setFaults([])
            for command in PrintedAdvice.commands(in: hint) {
                let next = try await PrintedAdvice.type(isLost ? "\(command) --timeout 2" : command, rig)
                ending = try await PrintedAdvice.states(rig).first
                #expect(
                    isLost
                        ? [76, 79].contains(next.status)
                        : next.status == (ending == "saved" ? 0 : 79)
                            && ["saved", "failed"].contains(ending),
                    "\(what): \(command): \(next.status): \(next.errors)")
            }
            #expect(await rig.emulator.ledger.count <= 1, "\(what): bought twice")
            return ending ?? "not sent"
        }
    }

    /// Returns the exit codes that a job's state allows.
    private static func statuses(of state: String?) -> Set<Int32> {
        switch state {
        case "saved": [0]
        case "finished": [73, 76]
        case "submitting", "accepted", "unknown": [76]
        // The job is over, or was never sent: the code depends on the error.
        default: [65, 69, 73, 75, 77, 79]
        }
    }

    private static func check(
        _ hint: String, of state: String?, against booked: [LedgerEntry], _ rule: FaultRule, _ what: String
    ) {
        let isPaid = booked.contains { $0.state == .billed }
        switch state {
        case nil: #expect(hint.contains("nothing was bought") && booked.isEmpty, "\(what)")
        case "accepted": #expect(hint.contains("asking again buys nothing"), "\(what)")
        case "finished": #expect(hint.contains("fetching them buys nothing"), "\(what)")
        case "submitting", "unknown": #expect(hint.contains("it may have been bought"), "\(what)")
        case "failed":
            // fal documents that it does not bill its own 5xx, and the client relies on it.
            if rule.operation == "fal.run", case .status(500..., _, true) = rule.fault { return }
            #expect(!(isPaid && hint.contains("nothing was bought")), "\(what)")
        default: break
        }
    }
}
#endif
