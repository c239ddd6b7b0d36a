#if Emulator
// swift-emulator start
import SeedreamEmulator

func edited() async throws {
    let emulator = try await Emulator.start()
    await emulator.setFaults([FaultRule("fal.submit", .reset(.afterAccept), count: 1)])
    // … point a client at emulator.url(.fal) …
    let bought = await emulator.ledger
    print(bought.map(\.state), await emulator.requests.map(\.operation))
    await emulator.stop()
}
// swift-emulator end
#endif
