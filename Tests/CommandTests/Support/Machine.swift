import Foundation
import TestSupport

/// Features of the machine that tests need. A test that cannot run says so and is skipped.
enum Machine {
    /// The `script` of util-linux, which gives a program a terminal.
    static let script: String? = {
        #if os(Linux)
        executable("script")
        #else
        nil
        #endif
    }()

    /// The `setpriv` of util-linux, which drops root's rights.
    static let setpriv = executable("setpriv")

    /// Whether the tests run as root, to whom permissions do not apply.
    static let isRoot = geteuid() == 0

    /// Returns a runner of `seedream` without root's rights; `nil` if the machine has none.
    static func unprivilegedRunner() async -> CommandRunner? {
        guard isRoot else { return CommandRunner() }
        guard let setpriv else { return nil }
        var runner = CommandRunner(
            setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", CommandRunner.seedream)
        runner.directory = "/"
        // The program may be in a folder that only root may enter.
        let isReachable = try? await runner.run(["--version"]).status == 0
        return isReachable == true ? runner : nil
    }

    /// Returns whether a file system of a given size can be mounted.
    static func mounts() async -> Bool {
        guard isRoot, let folder = try? TemporaryFolder() else { return false }
        let line = "mount -t tmpfs -o size=1m tmpfs \"$1\" && umount \"$1\""
        return (try? await shell(line, folder.path).status) == 0
    }

    /// Returns whether a process can have its own mounts; in a chroot it cannot.
    static func unshares() async -> Bool { (try? await shell("unshare -m true").status) == 0 }

    private static func executable(_ name: String) -> String? {
        ["/usr/bin/\(name)", "/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
