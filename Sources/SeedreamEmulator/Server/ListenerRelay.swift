#if Emulator
/// Lets what a listener serves reach the listener, which is made after it.
actor ListenerRelay {
    private weak var listener: Listener?

    func set(_ listener: Listener) { self.listener = listener }
    func refuse(seconds: Double) async { await listener?.refuse(seconds: seconds) }
}
#endif
