private import Foundation

/// The kernel's description of a process: `/proc/<pid>/status`, see proc_pid_status(5).
public struct ProcessStatus {
    private let fields: [Substring: Substring]

    /// Reads the status of a process.
    ///
    /// - Parameter process: Default: this process.
    /// - Returns: `nil` if the process has ended, or the system has no `/proc`.
    public init?(_ process: Int32? = nil) {
        let path = "/proc/\(process.map { "\($0)" } ?? "self")/status"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        var fields: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == "\t" || $0 == " " }
        }
        self.fields = fields
    }

    /// Returns a field that counts memory, in bytes, such as `"VmRSS"` (resident), `"VmHWM"` (peak
    /// resident) or `"RssAnon"`; `nil` if the kernel does not report it, as for a process that is
    /// ending.
    public func bytes(_ field: String) -> Int? {
        fields[field[...]]?.split(separator: " ").first.flatMap { Int($0) }.map { $0 << 10 }
    }

    /// Returns whether the process is the program of this name, sleeps, and has a handler for the
    /// signal if one is given.
    public func isSleeping(_ name: String, handling signal: Int32? = nil) -> Bool {
        let caught = fields["SigCgt"].flatMap { UInt64($0, radix: 16) } ?? 0
        let handles = signal.map { caught & (1 << UInt64($0 - 1)) != 0 } ?? true
        return fields["Name"] == name[...] && handles && fields["State"]?.hasPrefix("S") == true
    }
}
