#if Client && Emulator
import SeedreamEmulator

extension Emulator {
    /// Starts an emulator that takes 20 ms per image, runs `body` and stops the emulator, even if
    /// `body` throws. It is the only way in which tests of this target start an emulator; ``Rig``
    /// and ``CommandRig`` add what a client and the command need.
    static func with<Result>(
        _ change: (inout EmulatorConfiguration) throws -> Void = { _ in },
        _ body: (Emulator) async throws -> Result
    ) async throws -> Result {
        var configuration = EmulatorConfiguration()
        configuration.queueTime = 0.02
        configuration.generationTime = 0.02
        try change(&configuration)
        let emulator = try await Emulator.start(configuration)
        do {
            let result = try await body(emulator)
            await emulator.stop()
            return result
        } catch {
            await emulator.stop()
            throw error
        }
    }
}
#endif
