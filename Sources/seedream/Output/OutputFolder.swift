import ImageCodecs
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
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += part + "/"
            if mkdir(partial, 0o777) != 0, errno != EEXIST {
                // A parent may be there and not be ours to write.
                let code = errno
                var status = stat()
                if stat(partial, &status) == 0 { continue }
                throw Self.failure("\(path): folder cannot be made", code)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.failure("\(path): folder cannot be used", errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(
                message: "\(path): expected a folder, found a file", hint: "name another folder with `-o`")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw Self.failure("\(path): folder is not writable", errno)
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
        if !overwrites, access(target, F_OK) == 0 { throw Self.exists(target) }
        let temporary = "\(path)/.seedream-\(getpid())-\(target.split(separator: "/").last ?? "")"
        // Left over from a process of the same number, if anything; never a link that somebody has laid there.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure("\(target): cannot be written", errno) }
        var code: Int32?
        do throws(OutputError) {
            try bytes.withBytes { (all: UnsafeRawBufferPointer) throws(OutputError) in
                try Terminal.write(all, to: descriptor)
            }
            if fsync(descriptor) != 0 { code = errno }
        } catch {
            code = error.errno
        }
        if close(descriptor) != 0, code == nil { code = errno }
        if code == nil { code = publish(temporary, as: target) }
        if let code {
            unlink(temporary)
            if code == EEXIST { throw Self.exists(target) }
            throw Self.failure("\(target): cannot be written", code)
        }
        syncFolder()
    }

    /// Gives the temporary file its name; `nil` if that worked, else the error number.
    private func publish(_ temporary: String, as target: String) -> Int32? {
        if !overwrites {
            // Unlike rename, link never replaces a file that another process has made meanwhile.
            if link(temporary, target) == 0 {
                unlink(temporary)
                return nil
            }
            guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno) else { return errno }
        }
        return rename(temporary, target) == 0 ? nil : errno
    }

    /// Makes the new name durable. Some file systems refuse; the file itself is synced.
    private func syncFolder() {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func exists(_ target: String) -> Failure {
        Failure(
            message: "\(target): file exists", hint: "pass `--overwrite`, or name another folder with `-o`")
    }

    private static func failure(_ what: String, _ code: Int32) -> Failure {
        let hint =
            switch code {
            case ENOSPC, EDQUOT: "free some space; what was already written is whole"
            case EACCES, EPERM, EROFS: "name a folder that you may write to with `-o`"
            default: "check the folder, or name another one with `-o`"
            }
        return Failure(message: "\(what): \(SystemCall.message(code))", hint: hint)
    }
}
