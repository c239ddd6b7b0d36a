import Foundation

/// ExifTool, an independent reader of metadata, if it is installed.
public enum ExifTool {
    /// The path of the program; `nil` if it is not installed.
    public static let path = ["/usr/bin/exiftool", "/usr/local/bin/exiftool", "/opt/homebrew/bin/exiftool"]
        .first {
            FileManager.default.isExecutableFile(atPath: $0)
        }

    /// Whether the program is installed.
    public static var isPresent: Bool { path != nil }

    /// Returns the tags of each file in a folder, as `Group:Name`.
    public static func tags(in folder: String) throws -> [String: [String]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["-j", "-G1", "-a", "-u", "-r", folder]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let files = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return Dictionary(
            files.map { ($0["SourceFile"] as? String ?? "", Array($0.keys)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Returns whether a tag is metadata that must be stripped: everything except facts about the
    /// file, the pixels and their colour.
    public static func isPersonal(_ tag: String) -> Bool {
        let group = tag.split(separator: ":").first.map(String.init) ?? ""
        if ["SourceFile", "ExifTool", "System", "File", "Composite", "JFIF", "Adobe"].contains(group) {
            return tag == "File:Comment"
        }
        if group.hasPrefix("ICC") { return false }
        let harmless: Set<String> = [
            "PNG:ImageWidth", "PNG:ImageHeight", "PNG:BitDepth", "PNG:ColorType", "PNG:Compression",
            "PNG:Filter",
            "PNG:Interlace", "PNG:Gamma", "PNG:SRGBRendering", "PNG:Palette", "PNG:Transparency",
            "PNG:SignificantBits",
            "PNG:ProfileName", "PNG-cICP:ColorPrimaries", "PNG-cICP:TransferCharacteristics",
            "PNG-cICP:MatrixCoefficients", "PNG-cICP:VideoFullRangeFlag",
        ]
        if group == "RIFF" {
            // From the header of the bitstream.
            return ![
                "VP8Version", "ImageWidth", "HorizontalScale", "ImageHeight", "VerticalScale", "AlphaIsUsed",
                "WebP_Flags",
                "AlphaPreprocessing", "AlphaFiltering", "AlphaCompression",
            ].contains(String(tag.dropFirst(5)))
        }
        return !harmless.contains(tag) && !tag.contains("WhitePoint") && !tag.hasPrefix("PNG:Red")
            && !tag.hasPrefix("PNG:Green") && !tag.hasPrefix("PNG:Blue")
    }
}
