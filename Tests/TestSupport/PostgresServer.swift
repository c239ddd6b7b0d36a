public import Foundation
import Synchronization

/// A PostgreSQL server on the loopback interface, with its data in a temporary folder.
///
/// The programs are those of the system's packages (Debian: `postgresql`). As root, the server runs
/// as the user `postgres`, since it refuses to run as root.
public final class PostgresServer: Sendable {
    /// The error if there is no server to test with.
    public struct Unavailable: Error, CustomStringConvertible {
        /// The reason, and what to do.
        public let description: String
    }

    /// The port on 127.0.0.1.
    public let port: Int
    /// The password of the user `postgres`, who may connect from 127.0.0.1 with it.
    public let password = "pa:ss/w@rd-7f3c"
    private let folder: String
    private let binaries: String
    private let process = Mutex<Process?>(nil)
    private let count = Mutex(0)

    /// The server that the tests of a process share. It is stopped when the process ends.
    public static let shared = Result { try PostgresServer() }

    /// Makes a new data folder and starts the server.
    ///
    /// - Parameter settings: Lines for `postgresql.conf`.
    public init(_ settings: [String] = []) throws {
        binaries = try Self.binaries()
        folder = FileManager.default.temporaryDirectory.path + "/pg-\(UUID().uuidString.prefix(8))"
        let probe = try LoopbackSocket.listening()
        close(probe.descriptor)
        port = probe.port
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data("\(password)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/password"))
        if geteuid() == 0 {
            guard let entry = getpwnam("postgres") else {
                throw Unavailable(description: "there is no user postgres: install PostgreSQL's package")
            }
            for name in [folder, "\(folder)/password"] {
                chown(name, entry.pointee.pw_uid, entry.pointee.pw_gid)
            }
        }
        let status = try Self.run(
            Self.command(
                "\(binaries)/initdb",
                [
                    "-D", "\(folder)/data", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync",
                    "--auth=scram-sha-256", "--pwfile=\(folder)/password",
                ]))
        guard status == 0 else { throw Unavailable(description: "initdb failed with status \(status)") }
        // A stop of the server loses nothing without fsync; only one of the machine would.
        let lines = settings + ["fsync = off", "max_connections = 400", "shared_buffers = 32MB"]
        let file = "\(folder)/data/postgresql.conf"
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\n\(lines.joined(separator: "\n"))\n".utf8))
        try handle.close()
        try start()
        Self.stopAtExit(self)
    }

    deinit { stop(SIGQUIT) }

    // MARK: The server

    /// Starts the server and waits until it accepts connections.
    public func start() throws {
        let process = Self.command(
            "\(binaries)/postgres",
            [
                "-D", "\(folder)/data", "-p", "\(port)", "-k", folder, "-c", "listen_addresses=127.0.0.1",
            ])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        ProcessReaper.shared.started(process.processIdentifier)
        self.process.withLock { $0 = process }
        for _ in 0..<600 {
            let asking = Self.client("\(binaries)/pg_isready", ["-h", "127.0.0.1", "-p", "\(port)"])
            if try Self.run(asking) == 0 { return }
            usleep(50_000)
        }
        throw Unavailable(description: "the server did not start within 30 s")
    }

    /// Stops the server and waits for its end.
    ///
    /// - Parameter signal: `SIGINT` ends all sessions, `SIGQUIT` is the immediate stop, after which
    ///   the next start recovers from the log.
    public func stop(_ signal: Int32 = SIGINT) {
        let process = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        ProcessReaper.shared.ended(process.processIdentifier)
    }

    private static func stopAtExit(_ server: PostgresServer) {
        running.withLock { $0.append((Weak(server), server.folder)) }
        _ = registration
    }

    private struct Weak: Sendable {
        weak let server: PostgresServer?
        init(_ server: PostgresServer) { self.server = server }
    }
    private static let running = Mutex<[(server: Weak, folder: String)]>([])
    private static let registration: Void = {
        atexit {
            for (item, folder) in PostgresServer.running.withLock({ $0 }) {
                item.server?.stop(SIGQUIT)
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
    }()

    // MARK: Databases

    /// Returns the URL of a database for the user `postgres`, with the password.
    public func url(_ database: String = "postgres") -> String {
        "postgresql://postgres:\(encodedPassword)@127.0.0.1:\(port)/\(database)"
    }

    /// The password as it is written in a URL.
    public var encodedPassword: String {
        password.replacing("@", with: "%40").replacing("/", with: "%2F").replacing(":", with: "%3A")
    }

    /// Creates an empty database and returns its name.
    public func makeDatabase() throws -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let name = "ledger\(number)"
        try run("CREATE DATABASE \(name)")
        return name
    }

    /// Runs statements, and returns their rows without alignment.
    @discardableResult
    public func run(_ sql: String, in database: String = "postgres") throws -> String {
        let options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        let process = Self.client("\(binaries)/psql", options + [url(database)])
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unavailable(description: "psql: \(String(decoding: message, as: UTF8.self))")
        }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: Programs

    private static func binaries() throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let packaged = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            packaged.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
            + path.split(separator: ":").map(String.init)
        let needed = ["initdb", "postgres", "psql", "pg_isready"]
        let found = folders.first { folder in
            needed.allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
        guard let found else {
            throw Unavailable(
                description: "there is no PostgreSQL: `scripts/install-dependencies.sh --tests` installs it")
        }
        return found
    }

    /// Returns a program that runs as the server's user.
    private static func command(_ path: String, _ arguments: [String]) -> Process {
        guard geteuid() == 0 else { return client(path, arguments) }
        return client(
            "/usr/bin/setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path] + arguments)
    }

    private static func client(_ path: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private static func run(_ process: Process) throws -> Int32 {
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
