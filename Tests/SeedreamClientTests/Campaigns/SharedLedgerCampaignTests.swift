#if Client && Emulator && Postgres
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// Workers that share a ledger in PostgreSQL, and are killed and suspended while its server is
/// stopped at once and started again.
@Suite("workers with one ledger")
struct SharedLedgerCampaignTests {
    /// The extent of a campaign.
    private struct Extent {
        var workers: Int
        /// The rows, each of which two workers are given.
        var rows: Int
        /// The kills, suspensions and stops of the server.
        var moments: Int
        var suspends: Bool

        static let part = Extent(workers: 4, rows: 24, moments: 5, suspends: false)
        static let full = Extent(workers: 20, rows: 2000, moments: 100, suspends: true)
    }

    /// The most requests in flight.
    private static let limit = 5

    /// One worker, which is started again until it has answered all of its rows.
    private struct Place {
        var input: Data
        var output: String
        var command: RunningCommand
        var starts = 1
    }

    @Test("buys each row once, never more at once than allowed, and loses nothing")
    func campaign() async throws {
        let extent = Campaign.isFull ? Extent.full : .part
        let server = try PostgresServer()
        defer { server.stop(SIGQUIT) }
        let url = server.url(try server.makeDatabase())
        let start = ContinuousClock.now
        try await CommandRig.with {
            ($0.queueTime, $0.generationTime, $0.concurrentJobs) = (0.02, 0.1, 40)
        } _: { rig in
            try rig.folder.write(try Drawing.jpeg(brightness: 80), as: "image.jpg")
            var runner = rig.runner
            runner.timeout = .seconds(3600)
            func begin(_ input: Data, _ output: String) throws -> RunningCommand {
                try runner.start(
                    [
                        "worker", "--operation", "edit", "--run", "campaign", "-o", output, "--in-flight",
                        "\(Self.limit)", "--parallel", "2", "--provider", "fal", "--base-url",
                        "http://127.0.0.1:\(rig.emulator.port)/fal", "--ledger", url,
                    ], input: input)
            }
            var places: [Place] = []
            for worker in 0..<extent.workers {
                let rows = (0..<extent.rows).filter {
                    $0 % extent.workers == worker || ($0 + 1) % extent.workers == worker
                }
                let lines = rows.map {
                    #"{"id":"r\#($0)","prompt":"number \#($0)","images":["\#(rig.folder.file("image.jpg"))"]}"#
                }
                let input = Data((lines.joined(separator: "\n") + "\n").utf8)
                let output = rig.folder.file("out-\(worker)")
                places.append(Place(input: input, output: output, command: try begin(input, output)))
            }
            var generator = SeededGenerator(seed: 5)
            var counts = (kills: 0, pauses: 0, stops: 0)
            for moment in 0..<extent.moments {
                try await Task.sleep(for: .seconds(Double.random(in: 0.3...1.5, using: &generator)))
                let worker = Int.random(in: 0..<places.count, using: &generator)
                if moment % 5 == 4 {
                    server.stop(SIGQUIT)
                    try await Task.sleep(for: .seconds(Double.random(in: 0...1, using: &generator)))
                    try server.start()
                    counts.stops += 1
                } else if extent.suspends, moment % 5 == 3 {
                    let command = places[worker].command
                    command.send(SIGSTOP)
                    counts.pauses += 1
                    // Some of them for longer than a lease.
                    let pause = moment % 10 == 3 ? 35.0 : 2
                    Task {
                        try? await Task.sleep(for: .seconds(pause))
                        command.send(SIGCONT)
                    }
                } else {
                    places[worker].command.send(SIGKILL)
                    _ = try await places[worker].command.result()
                    places[worker].command = try begin(places[worker].input, places[worker].output)
                    places[worker].starts += 1
                    counts.kills += 1
                }
            }
            var lines = 0
            for place in places {
                var place = place
                var result = try await place.command.result()
                // A worker whose server was gone ends with 75, and one whose row is unknown with 0.
                while result.status != 0, place.starts < 50 {
                    place.command = try begin(place.input, place.output)
                    place.starts += 1
                    result = try await place.command.result()
                }
                #expect(result.status == 0, "\(result)")
                for line in result.lines.dropLast() {
                    lines += 1
                    let isDone = ["saved", "skipped", "unknown"].contains {
                        line.contains("\"state\":\"\($0)\"")
                    }
                    #expect(isDone, "\(line)")
                }
            }
            #expect(lines == 2 * extent.rows)
            let entries = await rig.emulator.ledger
            let twice = entries.count - Set(entries.map(\.bodySHA256)).count
            let most = await rig.emulator.mostAtOnce(.fal)
            let listed = try await rig.run(["runs", "--json", "--ledger", url])
            let document = try JSONSerialization.jsonObject(with: listed.output) as? [String: Any]
            let run = try #require((document?["runs"] as? [[String: Any]])?.first)
            let states = try #require(run["rows"] as? [String: Int])
            let (saved, unknown) = (states["saved"] ?? 0, states["unknown"] ?? 0)
            #expect(twice == 0)
            #expect(most <= Self.limit)
            #expect(saved + unknown == extent.rows, "\(states)")
            // What was bought is saved or listed as unknown.
            #expect(entries.count >= saved && entries.count <= saved + unknown)
            let files = places.reduce(0) { $0 + imageCount(in: $1.output) }
            // A worker suspended for longer than its lease may save what another has saved.
            #expect(extent.suspends ? files >= saved : files == saved, "\(files) files of \(saved) rows")
            let seconds = (ContinuousClock.now - start).components.seconds
            print(
                "\(extent.workers) workers, \(extent.rows) rows, each given to two of them: \(counts.kills) kills, "
                    + "\(counts.pauses) suspensions, \(counts.stops) stops of the server; bought \(entries.count), "
                    + "twice \(twice), most at once \(most) of \(Self.limit), saved \(saved), unknown \(unknown), "
                    + "files \(files), "
                    + "lost \(max(0, entries.count - saved - unknown)), \(seconds) s")
        }
    }

    /// Returns the number of images in a folder.
    private func imageCount(in folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }
    }
}
#endif
