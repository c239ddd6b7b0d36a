#if Emulator
import SeedreamModel
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// The command under load, in a separate process.
@Suite("load")
struct LoadCampaignTests {
    /// Returns the resident memory of a process, in MiB; `nil` if the system does not report it.
    private static func residentMemory(of process: Int32) -> Int? {
        ProcessStatus(process)?.bytes("VmRSS").map { $0 >> 20 }
    }

    /// Makes a number of edits, 50 at once, each with its result downloaded, and returns the status
    /// of the last reply of each.
    private static func edit(_ count: Int, at base: String) async throws -> [Int] {
        let body = try Fal.body(["image_size": ["width": 960, "height": 960]])
        @Sendable func one() async throws -> Int {
            let reply = try await RunningEmulator.call(
                "POST", "\(base)fal/run/\(Fal.edit)", headers: [Fal.key], json: body)
            guard reply.status == 200, let url = try reply.json["images"]?[0]?["url"]?.string else {
                return reply.status
            }
            return try await RunningEmulator.call("GET", url).status
        }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            var statuses: [Int] = []
            for _ in 0..<min(50, count) { group.addTask { try await one() } }
            for _ in 0..<count {
                guard let status = try await group.next() else { break }
                statuses.append(status)
                if statuses.count + 50 <= count { group.addTask { try await one() } }
            }
            return statuses
        }
    }

    /// 1000 in a full campaign; otherwise enough to show a leak of one image in four.
    private static let count = Campaign.isFull ? 1000 : 100

    /// Requests before the first measurement: as many at once as later, until the allocator has the
    /// pages that it keeps.
    private static let warmUp = 200

    @Test(
        "hundreds of requests, 50 at once: each gets a reply and is billed once, and the memory is returned")
    func many() async throws {
        let emulate = try await EmulateCommand.start(
            ["--queue-time", "0.02", "--generation-time", "0.02"], timeout: .seconds(1800))
        let base = emulate.announcement.page
        _ = try await Self.edit(Self.warmUp, at: base)
        try await Task.sleep(for: .seconds(4))
        let before = Self.residentMemory(of: emulate.command.identifier)

        let statuses = try await Self.edit(Self.count, at: base)
        #expect(statuses.count == Self.count)
        #expect(statuses.filter { $0 != 200 } == [])
        let peak = Self.residentMemory(of: emulate.command.identifier)
        let ledger = try await RunningEmulator.call("GET", base + "_emulator/ledger").json
        #expect(ledger["billed"] == .integer(Self.count + Self.warmUp))
        #expect(ledger["accepted"] == .integer(Self.count + Self.warmUp))

        // The command returns memory every two seconds.
        try await Task.sleep(for: .seconds(4))
        let after = Self.residentMemory(of: emulate.command.identifier)
        if let before, let peak, let after {
            print(
                "resident memory: \(before) MiB after \(Self.warmUp) requests, \(peak) MiB at the end of \(Self.count) more, \(after) MiB after them"
            )
            // The log keeps 1000 requests with a thumbnail of some kilobytes each; processing a
            // request takes 100 times that.
            #expect(after - before < 24)
        }
        #expect(try await emulate.end().status == 0)
    }
}
#endif
