#if canImport(Glibc)
import Foundation

/// What this process has held at most.
enum PeakMemory {
    /// Resident memory at its peak, in MiB.
    static var megabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }.map {
            $0 >> 10
        } ?? 0
    }
}
#endif
