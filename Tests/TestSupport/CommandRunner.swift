public import Foundation

/// Runs a program and keeps what it writes: by default the `seedream` of this build.
///
/// Standard output and standard error go to files, not pipes, so a program that writes much on one
/// of them while the other is read cannot wait for ever. At most as many programs run at once as
/// there are processors.
public struct CommandRunner: Sendable {
    /// The path of the program.
    public var executable = CommandRunner.seedream
    /// Arguments in front of those of each run.
    public var leadingArguments: [String] = []
    /// Added to the environment of the tests, from which `NO_COLOR`, `TERM`, `COLUMNS` and `LINES`
    /// are taken away.
    public var environment: [String: String] = [:]
    /// Where it runs; that of the tests by default.
    public var directory: String?
    /// When it is killed, together with all that it started. Default: 10 minutes, a guard against
    /// programs that hang. No test depends on how fast a program is.
    public var timeout = Duration.seconds(600)

    /// A runner of `seedream`.
    public init() {}

    /// A runner of another program, found by its path.
    public init(_ executable: String, _ leadingArguments: String...) {
        self.executable = executable
        self.leadingArguments = leadingArguments
    }

    /// The `seedream` that was built together with the tests: it lies beside their bundle.
    public static let seedream: String = {
        #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
        let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folder = URL(fileURLWithPath: tests ?? CommandLine.arguments[0]).deletingLastPathComponent()
        #endif
        return folder.appendingPathComponent("seedream").path
    }()

    /// Runs the program to its end.
    ///
    /// - Parameter input: What standard input holds; nothing by default.
    /// - Throws: ``RunningCommand/TimedOut`` if it was killed for its ``timeout``.
    public func run(_ arguments: [String], input: Data = Data()) async throws -> CommandResult {
        try await CommandGate.shared.enter()
        let result: CommandResult
        do {
            result = try await start(arguments, input: input).result()
        } catch {
            await CommandGate.shared.leave()
            throw error
        }
        await CommandGate.shared.leave()
        return result
    }

    /// Starts the program without waiting for others to end.
    public func start(_ arguments: [String], input: Data = Data()) throws -> RunningCommand {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = leadingArguments + arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "TERM", "COLUMNS", "LINES"] { variables[name] = nil }
        process.environment = variables.merging(environment) { $1 }
        return try RunningCommand(process, input: input, timeout: timeout)
    }
}
