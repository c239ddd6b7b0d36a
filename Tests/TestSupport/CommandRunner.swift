public import Foundation

/// Runs a program and collects its output. Default: the `seedream` of this build.
///
/// Standard output and standard error go to files, not pipes: with pipes, a program that writes a
/// lot to one while the other is being read would block for ever. The number of programs that run
/// at once is limited to the number of processors.
public struct CommandRunner: Sendable {
    /// The path of the program.
    public var executable = CommandRunner.seedream
    /// Arguments that precede those of each run.
    public var leadingArguments: [String] = []
    /// Added to the environment of the tests, without its `NO_COLOR`, `TERM`, `COLUMNS` and
    /// `LINES`, and without the settings and the configuration folder of the person who runs them.
    public var environment: [String: String] = [:]
    /// The working directory. Default: that of the tests.
    public var directory: String?
    /// The time after which the program is killed, with all processes it started. Default: 10
    /// minutes, a guard against programs that hang. No test depends on a program's speed.
    public var timeout = Duration.seconds(600)

    /// A runner of `seedream`.
    public init() {}

    /// A runner of the program at a path.
    public init(_ executable: String, _ leadingArguments: String...) {
        self.executable = executable
        self.leadingArguments = leadingArguments
    }

    /// The variables that hold settings of `seedream`.
    public static let settings = [
        "SEEDREAM_PROVIDER", "SEEDREAM_MODEL", "SEEDREAM_OUTPUT", "SEEDREAM_BUDGET", "SEEDREAM_PARALLEL",
        "SEEDREAM_SEND_IMAGES",
    ]

    /// The `seedream` that was built with the tests, in the folder of their bundle.
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
    /// - Parameter input: The content of standard input. Default: empty.
    /// - Throws: ``RunningCommand/TimedOut`` if the program was killed after ``timeout``.
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

    /// Starts the program at once, even if as many programs run as there are processors.
    public func start(_ arguments: [String], input: Data = Data()) throws -> RunningCommand {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = leadingArguments + arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        var variables = ProcessInfo.processInfo.environment
        for name in ["NO_COLOR", "TERM", "COLUMNS", "LINES"] + Self.settings { variables[name] = nil }
        variables["XDG_CONFIG_HOME"] = "/nonexistent"
        process.environment = variables.merging(environment) { $1 }
        return try RunningCommand(process, input: input, timeout: timeout)
    }
}
