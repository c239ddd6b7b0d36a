import Foundation

/// `transicc`, the calculator of LittleCMS, if it is installed. It converts colours one at a time,
/// from text to text.
package enum ColorCalculator {
    /// The path of the program; `nil` if it is not installed.
    package static let path = ["/usr/bin/transicc", "/usr/local/bin/transicc", "/opt/homebrew/bin/transicc"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Whether the program is installed.
    package static var isPresent: Bool { path != nil }

    /// Converts colours to sRGB, relative colorimetric with black point compensation.
    ///
    /// - Parameters:
    ///   - colors: Channel values: 0 to 255 for RGB, 0 to 100 for CMYK and grey.
    ///   - profile: The bytes of the profile.
    /// - Returns: Red, green and blue from 0 to 255, not rounded.
    package static func toSRGB(_ colors: [[Double]], profile: [UInt8]) throws -> [[Double]] {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let profilePath = try folder.write(profile, as: "source.icc")
        let text = colors.map { $0.map { "\($0)" }.joined(separator: " ") }.joined(separator: "\n") + "\n"
        let inputPath = try folder.write(text.utf8, as: "colors.txt")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["-i", profilePath, "-o", "*sRGB", "-t", "1", "-b", "-n", "-s"]
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputPath))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ").compactMap { Double($0) } }
            .filter { $0.count == 3 }
    }
}
