#if Client && Emulator
import Foundation
import Testing

/// The key and bytes of the images, which must not show outside of the request that they belong to.
struct Canary {
    /// Each of them in every form in which it could show.
    private let needles: [(name: String, bytes: Data)]

    /// Watches for the key of the tests and for the middle of these files, raw and as base64.
    init(files: [String]) {
        var needles: [(name: String, bytes: Data)] = CommandRig.key.split(separator: ":").map {
            ("the key", Data($0.utf8))
        }
        needles.append(
            ("the key as base64", Data(Data(CommandRig.key.utf8).base64EncodedString().prefix(24).utf8)))
        for file in files {
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file)), bytes.count > 3000 else {
                continue
            }
            let middle = bytes.count / 2 / 3 * 3
            needles.append(("bytes of \(file)", bytes[middle..<middle + 24]))
            // Depending on what precedes it, the base64 of the middle is one of three texts.
            for shift in 0..<3 {
                let text = bytes[(middle + shift)..<(middle + shift + 36)].base64EncodedString()
                needles.append(("base64 of \(file)", Data(text.utf8)))
            }
        }
        self.needles = needles
    }

    /// Returns a line for each one found.
    func hits(in data: Data, _ place: String) -> [String] {
        needles.compactMap { data.range(of: $0.bytes) == nil ? nil : "\($0.name) in \(place)" }
    }

    /// Searches every file of a folder, including hidden ones, except the images that were given.
    func hits(inFolder folder: String, except files: [String]) -> [String] {
        let given = Set(files.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        return walk.compactMap { $0 as? String }.flatMap { name -> [String] in
            let url = URL(fileURLWithPath: folder).appendingPathComponent(name).standardizedFileURL
            guard !given.contains(url.path), let data = try? Data(contentsOf: url) else { return [] }
            return hits(in: data, name)
        }
    }
}
#endif
