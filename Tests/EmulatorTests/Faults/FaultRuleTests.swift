#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

@Suite("fault rules")
struct FaultRuleTests {
    private static func statuses(_ rules: [FaultRule], seed: UInt64 = 0, calls: Int) async throws -> [Int] {
        try await RunningEmulator.with({ $0.faults = FaultFile(seed: seed, rules: rules) }) { running in
            var statuses: [Int] = []
            for _ in 0..<calls {
                statuses.append(
                    try await running.call("GET", "fal/rest/.well-known/jwks.json").status)
            }
            return statuses
        }
    }

    @Test("skip exempts the first requests, count limits the strikes")
    func skipAndCount() async throws {
        let rule = FaultRule("fal.jwks", .status(503, retryAfter: nil, accepted: false), skip: 2, count: 2)
        #expect(try await Self.statuses([rule], calls: 6) == [200, 200, 503, 503, 200, 200])
    }

    @Test("probability: the same seed gives the same strikes, another seed gives others")
    func probability() async throws {
        let rule = FaultRule("fal.jwks", .status(503, retryAfter: nil, accepted: false), probability: 0.5)
        let first = try await Self.statuses([rule], seed: 7, calls: 40)
        #expect(try await Self.statuses([rule], seed: 7, calls: 40) == first)
        #expect(try await Self.statuses([rule], seed: 8, calls: 40) != first)
        #expect((8...32).contains(first.count { $0 == 503 }))
    }

    @Test(
        "patterns: one operation, a whole provider, one operation of all providers, everything",
        arguments: ["fal.jwks", "fal.*", "*.jwks", "*"])
    func patterns(_ pattern: String) async throws {
        let rule = FaultRule(pattern, .status(503, retryAfter: nil, accepted: false))
        #expect(try await Self.statuses([rule], calls: 1) == [503])
    }

    @Test("other operations are not affected", arguments: ["fal.run", "ark.*", "*.download", "fal"])
    func otherPatterns(_ pattern: String) async throws {
        let rule = FaultRule(pattern, .status(503, retryAfter: nil, accepted: false))
        #expect(try await Self.statuses([rule], calls: 1) == [200])
    }

    @Test("every fault is read from JSON and written back unchanged")
    func roundTrip() throws {
        let text = """
            {"seed":3,"rules":[
             {"operation":"*","fault":"delay","seconds":0.5},
             {"operation":"fal.run","fault":"refuse","seconds":2},
             {"operation":"fal.run","fault":"reset","at":"after-accept","count":1},
             {"operation":"fal.run","fault":"slow-read","bytesPerSecond":10},
             {"operation":"fal.run","fault":"slow-write","bytesPerSecond":20},
             {"operation":"fal.run","fault":"truncate","bytes":5},
             {"operation":"fal.run","fault":"oversize","bytes":6},
             {"operation":"fal.run","fault":"content-length","offBy":-3},
             {"operation":"fal.run","fault":"content-type","type":"text/plain"},
             {"operation":"fal.run","fault":"html","status":503},
             {"operation":"fal.run","fault":"invalid-json","skip":4},
             {"operation":"fal.run","fault":"status","status":429,"retryAfter":"date:2","accepted":true},
             {"operation":"fal.run","fault":"answer","status":200,"headers":{"A":"b"},"body":"c"},
             {"operation":"fal.run","fault":"job-fails","prompt":"x"},
             {"operation":"fal.run","fault":"moderated","probability":0.25},
             {"operation":"fal.run","fault":"job-hangs"},
             {"operation":"fal.run","fault":"job-vanishes"},
             {"operation":"*.download","fault":"not-an-image"},
             {"operation":"*.download","fault":"redirect","location":"http://10.0.0.1/"}]}
            """
        let file = try FaultFile(json: Array(text.utf8))
        #expect(file.rules.count == 19)
        #expect(Set(file.rules.map(\.fault.word)).count == 19)
        #expect(file.rules[11].fault == .status(429, retryAfter: "date:2", accepted: true))
        let again = try FaultFile(json: Array(try JSONValue(parsing: text.utf8).text.utf8))
        #expect(again == file)
    }

    @Test(
        "invalid rules are refused, and the error names the member",
        arguments: [
            (#"{"operation":"*","fault":"explode"}"#, #"rules[0].fault: there is no fault "explode""#),
            (#"{"operation":"*","fault":"delay","secs":1}"#, #"rules[0].secs: "delay" has no member "secs""#),
            (
                #"{"operation":"*","fault":"html","probability":2}"#,
                "rules[0].probability: expected 0 to 1, found 2.0"
            ),
            (
                #"{"operation":"*","fault":"status","status":99}"#,
                "rules[0].status: expected 200 to 599, found 99"
            ),
        ])
    func refused(_ rule: String, _ message: String) {
        let error = #expect(throws: (any Error).self) {
            try FaultFile(json: Array("{\"rules\":[\(rule)]}".utf8))
        }
        #expect(error.map { FaultFile.explanation(of: $0) } == message)
    }

    @Test("unknown members beside seed and rules are refused, so that misspelt rules are not ignored")
    func unknownMember() {
        let error = #expect(throws: (any Error).self) {
            try FaultFile(json: Array(#"{"rules":[],"rule":[]}"#.utf8))
        }
        #expect(error.map { FaultFile.explanation(of: $0) } == #"expected seed and rules, found "rule""#)
    }

    @Test("rules are replaced and removed at the admin path, which reports their strikes")
    func admin() async throws {
        try await RunningEmulator.with { running in
            let rules: JSONValue = ["rules": [["operation": "fal.jwks", "fault": "html"]]]
            #expect(try await running.call("PUT", "_emulator/faults", json: rules).status == 200)
            #expect(try await running.call("GET", "fal/rest/.well-known/jwks.json").status == 502)
            let report = try await running.call("GET", "_emulator/faults").json
            #expect(report == [["operation": "fal.jwks", "fault": "html", "struck": 1]])
            #expect(try await running.call("DELETE", "_emulator/faults").status == 200)
            #expect(try await running.call("GET", "fal/rest/.well-known/jwks.json").status == 200)
            #expect(
                try await running.call("PUT", "_emulator/faults", json: ["rules": [["fault": 1]]]).status
                    == 400)
        }
    }
}
#endif
