import AtomicFiles
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder that prepared images are written to. A file appears under its final name complete, or not at all.
struct OutputFolder {
    /// Why a file was not written.
    struct Failure: Error {
        var message: String
        var hint: String
    }

    let path: String
    let overwrites: Bool
    /// Digits of the number in front of each name.
    let digits: Int

    /// Makes the folder if it is not there, and checks that files can be made in it.
    init(path: String, overwrites: Bool, count: Int) throws(Failure) {
        self.path = path
        self.overwrites = overwrites
        digits = max(2, String(count).count)
        do throws(FileError) {
            try Folder.make(path)
            try Folder.checkWritable(path)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The final path of an image: `{number}-{stem}.{ext}`.
    func path(number: Int, name: String, mediaType: MediaType) -> String {
        let base = name.split(separator: "/").last.map(String.init) ?? "image"
        var stem = base.lastIndex(of: ".").map { String(base[..<$0]) } ?? base
        if stem.isEmpty || base == "-" { stem = base == "-" ? "stdin" : "image" }
        // Room for the number, the extension and the temporary name within the 255 bytes of a file name.
        while stem.utf8.count > 200 { stem.removeLast() }
        let text = String(number)
        let padded = String(repeating: "0", count: max(0, digits - text.count)) + text
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        return "\(folder)/\(padded)-\(stem).\(mediaType.fileExtension)"
    }

    /// Writes the bytes to a temporary file in the same folder, syncs it, and gives it its name.
    func write(_ bytes: EncodedBytes, to target: String) throws(Failure) {
        do throws(FileError) {
            if !overwrites, access(target, F_OK) == 0 { throw FileError(.write, target, errno: EEXIST) }
            let file = try AtomicFile(in: path, subject: target)
            try bytes.withBytes { (all: UnsafeRawBufferPointer) throws(FileError) in try file.write(all) }
            try file.publish(as: target, overwriting: overwrites)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: FileError) -> Failure {
        let hint =
            switch error.cause {
            case .full: error.hint
            case .forbidden: "name a folder that you may write to with `-o`"
            case .exists: "pass `--overwrite`, or name another folder with `-o`"
            case .notAFolder: "name another folder with `-o`"
            case .other: "check the folder, or name another one with `-o`"
            }
        return Failure(message: error.description, hint: hint)
    }
}
