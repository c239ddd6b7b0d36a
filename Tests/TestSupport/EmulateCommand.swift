public import Foundation

/// `seedream emulate` in a separate process.
///
/// For tests of that command and of its memory use. Other tests start the emulator in their own
/// process, with the function that the `Support` folder of their target has for it. That function
/// is not in `TestSupport`: it would make the tests of every target build the emulator and its HTTP
/// server, which the package leaves out unless the trait `Emulator` is enabled.
public struct EmulateCommand: Sendable {
    /// The line that the command prints when it is ready.
    public struct Announcement: Decodable, Sendable {
        /// The version of the document.
        public var schema: Int
        /// The port on 127.0.0.1.
        public var port: Int
        /// The URL of the emulator's page; ends in a slash.
        public var page: String
        /// The base URL of each provider, by the provider's name.
        public var providers: [String: String]
        /// The certificate that clients must trust, as PEM; `nil` without TLS.
        public var certificateAuthority: String?
    }

    /// The process.
    public let command: RunningCommand
    /// The line that the process printed.
    public let announcement: Announcement

    /// Starts the command and waits until it is ready.
    ///
    /// - Parameters:
    ///   - arguments: Arguments after `emulate --json`.
    ///   - timeout: The time after which the process is killed. Default: 10 minutes.
    public static func start(_ arguments: [String] = [], timeout: Duration = .seconds(600)) async throws
        -> EmulateCommand
    {
        var runner = CommandRunner()
        runner.timeout = timeout
        let command = try runner.start(["emulate", "--json"] + arguments)
        try await command.wait { command.textSoFar.hasSuffix("\n") }
        return EmulateCommand(
            command: command,
            announcement: try JSONDecoder().decode(
                Announcement.self, from: Data(command.textSoFar.utf8)))
    }

    /// Sends a signal and waits for the process to end. May be called once.
    @discardableResult
    public func end(_ signal: Int32 = SIGTERM) async throws -> CommandResult {
        command.send(signal)
        return try await command.result()
    }
}
