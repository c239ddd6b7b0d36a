import Platform
import Testing

@Suite("the memory limit of a control group")
struct ControlGroupTests {
    private static let version1 = """
        30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        33 30 0:29 / /sys/fs/cgroup/memory rw,nosuid shared:5 - cgroup cgroup rw,memory
        """
    private static let version2 = "25 23 0:22 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate"

    private func limit(_ membership: String, _ mounts: String, _ files: [String: String]) -> Int? {
        ControlGroup(membership: membership, mounts: mounts, read: { files[$0] }).memoryLimit
    }

    @Test("is the group's own, not the root's")
    func own() {
        let root = "/sys/fs/cgroup"
        #expect(
            limit(
                "4:memory:/user/batch\n3:cpu,cpuacct:/", Self.version1,
                [
                    "\(root)/memory/memory.limit_in_bytes": "9223372036854771712\n",
                    "\(root)/memory/user/batch/memory.limit_in_bytes": "268435456\n",
                ]) == 268_435_456)
        #expect(
            limit(
                "0::/user.slice/job.scope", Self.version2,
                ["\(root)/user.slice/job.scope/memory.max": "134217728\n"]) == 134_217_728)
    }

    @Test("is the smallest of the group and its ancestors")
    func nested() {
        let root = "/sys/fs/cgroup"
        let files = [
            "\(root)/a/memory.max": "1000\n", "\(root)/a/b/memory.max": "max\n",
            "\(root)/a/b/c/memory.max": "2000\n", "\(root)/memory.max": "3000\n",
        ]
        #expect(limit("0::/a/b/c", Self.version2, files) == 1000)
        #expect(limit("0::/a/b/c/", Self.version2, ["\(root)/memory.max": "3000\n"]) == 3000)
        #expect(
            limit("0::/a", Self.version2, ["\(root)/a/memory.high": "900", "\(root)/a/memory.max": "1000"])
                == 900)
    }

    @Test("is nil if none is set, or nothing is known")
    func none() {
        #expect(limit("0::/a", Self.version2, ["/sys/fs/cgroup/a/memory.max": "max\n"]) == nil)
        #expect(limit("", "", [:]) == nil)
        #expect(limit("0::/a", "nonsense", [:]) == nil)
        #expect(
            limit(
                "4:memory:/", Self.version1,
                ["/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"]) == nil)
    }

    @Test("is found in a container, whose group may be named from the host's root or its own")
    func container() {
        let mounted = "33 30 0:29 /docker/4f2a /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"
        let file = "/sys/fs/cgroup/memory/memory.limit_in_bytes"
        #expect(limit("4:memory:/docker/4f2a", mounted, [file: "512\n"]) == 512)
        #expect(limit("4:memory:/", mounted, [file: "512\n"]) == 512)
        #expect(limit("0::/", Self.version2, ["/sys/fs/cgroup/memory.max": "512\n"]) == 512)
    }

    @Test("is found if the mount point contains a space")
    func space() {
        #expect(
            limit("0::/", #"25 23 0:22 / /my\040groups rw - cgroup2 none rw"#, ["/my groups/memory.max": "7"])
                == 7)
    }
}
