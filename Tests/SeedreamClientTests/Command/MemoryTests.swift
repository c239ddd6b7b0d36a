#if Client && Emulator && os(Linux)
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("Memory of a large request")
struct MemoryTests {
    @Test("ten pictures of 7.4 MB take their bytes and 32 MiB at most")
    func large() async throws {
        try await CommandRig.with {
            $0.generationTime = 1.5
        } _: { rig in
            var files: [String] = []
            var bytes = 0
            let picture = try Drawing.noise(seed: 1, side: 1890)
            for index in 0..<10 {
                files.append(try rig.folder.write(picture, as: "noise-\(index).jpg"))
                bytes += picture.count
            }
            #expect((6_500_000...7_500_000).contains(picture.count), "\(picture.count) bytes")
            let command = try rig.runner.start(
                ["edit", "mix them", "--max-body", "120MB", "--transport", "data-uri"] + files
                    + rig.sending(to: "fal"))
            let watch = Task { await Self.peak(of: command.identifier) }
            let result = try await command.result()
            let peak = await watch.value
            #expect(result.status == 0, "\(result.errors)")
            print(
                "ten pictures, \(bytes) bytes: peak \(peak >> 10) KiB, \((peak - bytes) >> 10) KiB above them"
            )
            #expect(peak <= bytes + (32 << 20), "\(peak) bytes")
            #expect(await rig.emulator.ledger.map(\.inputs.count) == [10])
        }
    }

    /// The most memory that a process has had, in bytes, read until it is gone.
    private static func peak(of identifier: Int32) async -> Int {
        var peak = 0
        while let text = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) {
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else {
                break
            }
            peak = max(peak, (Int(line.split(whereSeparator: \.isWhitespace)[1]) ?? 0) << 10)
            try? await Task.sleep(for: .milliseconds(20))
        }
        return peak
    }
}
#endif
