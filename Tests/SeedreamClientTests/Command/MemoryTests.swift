#if Client && Emulator && os(Linux)
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("memory of a large request")
struct MemoryTests {
    /// The pages of the program and its libraries come from files, can be dropped at any time, and
    /// are there before the first image is. They are counted separately, and must not grow with the
    /// request.
    @Test("ten images of 7.3 MB take their bytes and at most 32 MiB, not counting the program's own pages")
    func large() async throws {
        try await CommandRig.with {
            $0.generationTime = 1.5
        } _: { rig in
            let picture = try Drawing.noise(seed: 1, side: 1890)
            #expect((6_500_000...7_500_000).contains(picture.count), "\(picture.count) bytes")
            let files = try (0..<10).map { try rig.folder.write(picture, as: "noise-\($0).jpg") }
            let bytes = picture.count * files.count
            let one = try await Self.peak(of: Array(files.prefix(1)), rig)
            let ten = try await Self.peak(of: files, rig)
            print(
                "ten images, \(bytes >> 10) KiB: anonymous memory \(ten.anonymous >> 10) KiB at most, "
                    + "\((ten.anonymous - bytes) >> 10) KiB above them; pages of files \(ten.file >> 10) KiB, "
                    + "for one image \(one.file >> 10) KiB")
            #expect(ten.anonymous <= bytes + (32 << 20), "\(ten.anonymous) bytes")
            #expect(ten.file <= one.file + (4 << 20), "\(one.file) and \(ten.file) bytes")
            #expect(await rig.emulator.ledger.map(\.inputs.count) == [1, 10])
        }
    }

    private static func peak(of files: [String], _ rig: CommandRig) async throws -> (
        anonymous: Int, file: Int
    ) {
        let command = try rig.runner.start(
            ["edit", "mix them", "--max-body", "120MB", "--send-images", "inline"] + files
                + rig.sending(to: "fal"))
        let watch = Task { await peak(of: command.identifier) }
        let result = try await command.result()
        #expect(result.status == 0, "\(result.errors)")
        return await watch.value
    }

    /// Returns the peak memory of a process in bytes, sampled every 2 ms until it ends.
    private static func peak(of identifier: Int32) async -> (anonymous: Int, file: Int) {
        var peak = (anonymous: 0, file: 0)
        while let status = ProcessStatus(identifier), let anonymous = status.bytes("RssAnon"),
            let file = status.bytes("RssFile")
        {
            peak = (max(peak.anonymous, anonymous), max(peak.file, file))
            try? await Task.sleep(for: .milliseconds(2))
        }
        return peak
    }
}
#endif
