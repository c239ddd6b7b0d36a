#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("killed at any moment, then resumed")
struct KillCampaignTests {
    /// The outcome of 20 jobs.
    struct Tally {
        var accepted = 0
        var saved = 0
        var unknown = 0
        var lost = 0
        var paidTwice = 0
        var neverSent = 0
    }

    /// The number of kills in each form, over all providers; 200 are 40 for each of the five.
    static let kills = Campaign.isFull ? 200 : 3

    @Test("loses nothing, and pays for nothing twice", arguments: ["fal", "apiframe", "ark"])
    func killing(_ provider: String) async throws {
        let pictures = try TemporaryFolder()
        for index in 0..<20 {
            try pictures.write(try Drawing.jpeg(brightness: index * 4), as: "picture-\(index + 10).jpg")
        }
        // The signals must cover the whole run, so its length is measured first.
        let length = try await Self.run(of: pictures.path, provider, killedAfter: nil).seconds
        var generator = SeededGenerator(seed: 7)
        var sum = Tally()
        let share = max(1, Self.kills / 3)
        for _ in 0..<share {
            let moment = Double.random(in: 0...length, using: &generator)
            let again =
                Double.random(in: 0...1, using: &generator) < 0.3
                ? Double.random(in: 0...0.5, using: &generator) : nil
            let tally = try await Self.run(
                of: pictures.path, provider, killedAfter: moment, resumeKilledAfter: again
            ).tally
            sum.accepted += tally.accepted
            sum.saved += tally.saved
            sum.unknown += tally.unknown
            sum.lost += tally.lost
            sum.paidTwice += tally.paidTwice
            #expect(tally.lost == 0)
            #expect(tally.paidTwice == 0)
        }
        print(
            "\(provider): \(share) kills in \(length.formatted(.number.precision(.fractionLength(1)))) s, \(sum.accepted) jobs accepted by the provider: "
                + "\(sum.saved) saved, \(sum.unknown) listed as unknown, lost \(sum.lost), paid twice \(sum.paidTwice)"
        )
    }

    @Test(
        "repeated until it ends, buys each row once",
        arguments: ["fal", "aiml", "onerouter", "apiframe", "ark"])
    func repeating(_ provider: String) async throws {
        let images = try TemporaryFolder()
        for index in 0..<20 {
            try images.write(try Drawing.jpeg(brightness: index * 4), as: "image-\(index + 10).jpg")
        }
        let start = ContinuousClock.now
        let length = try await Self.run(of: images.path, provider, killedAfter: nil).seconds
        var generator = SeededGenerator(seed: 11)
        var sum = Tally()
        var runs = 0
        var left = max(1, Self.kills / 5)
        let kills = left
        while left > 0 {
            let moments = (0..<min(left, Int.random(in: 1...3, using: &generator))).map { _ in
                Double.random(in: 0...length, using: &generator)
            }
            left -= moments.count
            runs += 1
            let tally = try await Self.repeated(images.path, provider, killedAfter: moments)
            sum.accepted += tally.accepted
            sum.saved += tally.saved
            sum.unknown += tally.unknown
            sum.lost += tally.lost
            sum.paidTwice += tally.paidTwice
            #expect(tally.lost == 0 && tally.paidTwice == 0)
            // Every row is saved or unknown: none was lost, and none was sent again.
            #expect(tally.saved + tally.unknown == 20, "\(tally)")
        }
        print(
            "\(provider): \(kills) kills in \(runs) runs of 20 rows, each repeated until it ended: "
                + "\(sum.accepted) bought, \(sum.saved) saved, bought twice \(sum.paidTwice), lost \(sum.lost), "
                + "\(sum.unknown) unknown, \((ContinuousClock.now - start).components.seconds) s")
    }

    /// Repeats the same command until it ends normally; the first runs are killed.
    private static func repeated(_ folder: String, _ provider: String, killedAfter moments: [Double])
        async throws -> Tally
    {
        try await CommandRig.with {
            $0.concurrentJobs = 4
        } _: { rig in
            let arguments =
                ["edit", "put it in a hat", folder, "--each", "--parallel", "4"] + rig.sending(to: provider)
            for moment in moments {
                let command = try rig.runner.start(arguments)
                try await Task.sleep(for: .seconds(moment))
                command.send(SIGKILL)
                _ = try await command.result()
            }
            let last = try await rig.run(arguments)
            #expect([0, 76].contains(last.status), "\(last.status): \(last.errors)")
            return try await Self.tally(rig)
        }
    }

    /// Runs 20 jobs against a separate emulator, kills the process, resumes, and compares the two
    /// ledgers.
    private static func run(
        of folder: String, _ provider: String, killedAfter moment: Double?,
        resumeKilledAfter again: Double? = nil
    ) async throws -> (seconds: Double, tally: Tally) {
        try await CommandRig.with {
            $0.concurrentJobs = 4
        } _: { rig in
            let start = ContinuousClock.now
            let command = try rig.runner.start(
                ["edit", "put it in a hat", folder, "--each", "--parallel", "4"] + rig.sending(to: provider))
            if let moment {
                try await Task.sleep(for: .seconds(moment))
                command.send(SIGKILL)
            }
            let result = try await command.result()
            let seconds =
                Double((ContinuousClock.now - start).components.attoseconds) / 1e18
                + Double((ContinuousClock.now - start).components.seconds)
            if moment == nil { #expect(result.status == 0, "\(result.errors)") }
            if let again {
                let resumed = try rig.runner.start(["resume"] + rig.asking)
                try await Task.sleep(for: .seconds(again))
                resumed.send(SIGKILL)
                _ = try await resumed.result()
            }
            let resumed = try await rig.run(["resume"] + rig.asking)
            #expect([0, 76].contains(resumed.status), "\(resumed.status): \(resumed.errors)")
            return (seconds, try await Self.tally(rig))
        }
    }

    /// Compares the provider's bookings with our ledger.
    private static func tally(_ rig: CommandRig) async throws -> Tally {
        let listed = try await rig.run(["jobs", "--limit", "0", "--json"] + rig.common)
        let document = try JSONSerialization.jsonObject(with: listed.output) as? [String: Any]
        let jobs = try #require(document?["jobs"] as? [[String: Any]])
        let entries = await rig.emulator.ledger
        var tally = Tally()
        tally.accepted = entries.count
        let byState = Dictionary(grouping: jobs) { $0["state"] as? String ?? "" }
        tally.saved = byState["saved"]?.count ?? 0
        tally.unknown = byState["unknown"]?.count ?? 0
        // Every job in the ledger has ended.
        #expect(Set(byState.keys).isSubset(of: ["saved", "unknown"]), "\(byState.mapValues(\.count))")
        for job in byState["saved"] ?? [] {
            for file in job["files"] as? [[String: Any]] ?? [] {
                let path = try #require(file["path"] as? String)
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(sha256Text(bytes) == file["sha256"] as? String)
                #expect(FileManager.default.fileExists(atPath: path + ".json"))
            }
        }
        // Every accepted job is saved, or listed as possibly bought.
        tally.lost = max(0, entries.count - tally.saved - tally.unknown)
        tally.paidTwice = entries.count - Set(entries.map(\.bodySHA256)).count
        // No image is incomplete, and none is there twice.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: rig.output)) ?? []
        let pictures = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".json") }
        #expect(pictures.count == tally.saved, "\(pictures.count) images of \(tally.saved) jobs")
        return tally
    }
}
#endif
