import ImagePreparation
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Repeats one task in one process, to measure the cost of a library call.
///
///     Loop prepare FILE
///
/// Prints one line, then runs the task once for each line on standard input and prints its cost:
/// see comparison/workers.py. `QUALITY` and `MAXIMUM_AREA` (px²) in the environment are settings of
/// `prepare`. Does not use Foundation, which the library does not need and whose memory is not the
/// library's.
@main
struct Loop {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else {
            throw Failure("usage: Loop prepare FILE [OUTPUT] | Loop body FILE…")
        }
        let mode = arguments.removeFirst()
        try answer(#"{"idle": \#(try status("VmRSS:"))}"#)
        while readLine() != nil {
            let start = Clock()
            var prepared = 0
            switch mode {
            case "prepare": prepared = try await prepare(arguments[0], to: arguments.dropFirst().first)
            case "body": prepared = try await body(arguments)
            default: throw Failure("no task is called \(mode)")
            }
            let taken = start.elapsed
            try answer(
                #"{"cpu": \#(taken.cpu), "wall": \#(taken.wall), "peak": \#(try status("VmHWM:")), "bytes": \#(prepared)}"#
            )
        }
    }

    private static func answer(_ line: String) throws {
        try writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO)
    }

    private static func prepare(_ path: String, to output: String?) async throws -> Int {
        var constraints = InputConstraints()
        constraints.maximumBytes = 30_000_000
        constraints.maximumBodyBytes = 60_000_000
        if let area = number("MAXIMUM_AREA") { constraints.maximumArea = area }
        var options = PreparationOptions()
        options.quality = number("QUALITY")
        let batch = try await ImagePreparer(constraints: constraints, options: options).prepare([.file(path)])
        guard let image = batch.images.first else { throw Failure("\(path) was not prepared") }
        guard let output else { return image.bytes.count }
        let file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        defer { close(file) }
        try image.bytes.withBytes { bytes in try writeAll(bytes, to: file) }
        return image.bytes.count
    }

    /// The value of an environment variable.
    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    /// Writes the body to a socket, whose other end is read and discarded by a thread.
    private static func body(_ paths: [String]) async throws -> Int {
        var constraints = InputConstraints()
        constraints.maximumBodyBytes = 200_000_000
        let batch = try await ImagePreparer(constraints: constraints, options: PreparationOptions())
            .prepare(paths.map { .file($0) })
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw Failure("no socket")
        }
        let reader = ends[1]
        let drain = Task.detached {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while read(reader, &buffer, buffer.count) > 0 {}
            close(reader)
        }
        let socket = ends[0]
        try writeAll(Array(#"{"prompt":"a","image_urls":["#.utf8), to: socket)
        for (index, image) in batch.images.enumerated() {
            try writeAll(Array((index == 0 ? "\"" : ",\"").utf8), to: socket)
            try image.dataURI.write { chunk in try writeAll(chunk, to: socket) }
            try writeAll(Array("\"".utf8), to: socket)
        }
        try writeAll(Array("]}".utf8), to: socket)
        close(socket)
        await drain.value
        return batch.images.reduce(0) { $0 + $1.bytes.count }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) throws {
        try bytes.withUnsafeBytes { try writeAll($0, to: file) }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            guard count > 0 else { throw Failure("cannot write: errno \(errno)") }
            done += count
        }
    }

    /// A field of `/proc/self/status`, in KiB.
    private static func status(_ field: String) throws -> Int {
        let file = open("/proc/self/status", O_RDONLY)
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(file, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
        return Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "0") ?? 0
    }
}

/// Measures the CPU time of all threads and the wall time since its creation, in seconds.
struct Clock {
    private let cpu = Clock.seconds(CLOCK_PROCESS_CPUTIME_ID)
    private let wall = Clock.seconds(CLOCK_MONOTONIC)

    var elapsed: (cpu: Double, wall: Double) {
        (Clock.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, Clock.seconds(CLOCK_MONOTONIC) - wall)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}

/// The reason why the loop ends early.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
