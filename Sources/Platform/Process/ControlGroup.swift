/// The control group of a Linux process (cgroups(7), versions 1 and 2).
///
/// A group's own limit is in the folder of the group, not in the root of the mount, and every group
/// above limits it too.
package struct ControlGroup {
    /// The text of `/proc/self/cgroup`.
    package var membership: String
    /// The text of `/proc/self/mountinfo`.
    package var mounts: String
    /// Returns the text of another file, or `nil` if it cannot be read.
    package var read: (String) -> String?

    package init(membership: String, mounts: String, read: @escaping (String) -> String?) {
        (self.membership, self.mounts, self.read) = (membership, mounts, read)
    }

    /// The lowest memory limit of the group and the groups above it, in bytes; `nil` if none is
    /// set.
    package var memoryLimit: Int? {
        // In version 1, a limit that was never set is the largest multiple of the page size.
        [
            limit(controller: "memory", type: "cgroup", file: "memory.limit_in_bytes"),
            limit(controller: nil, type: "cgroup2", file: "memory.max"),
            limit(controller: nil, type: "cgroup2", file: "memory.high"),
        ].compactMap { $0 }.min().flatMap { $0 < 1 << 60 ? $0 : nil }
    }

    private func limit(controller: String?, type: String, file: String) -> Int? {
        guard let path = path(controller: controller), let mount = mount(type: type, controller: controller)
        else { return nil }
        // In a container, the path of the group may start at the host's root, which is not mounted
        // there; the mounted group is then the group itself.
        var inside =
            path.hasPrefix(mount.root) ? path.dropFirst(mount.root == "/" ? 0 : mount.root.count) : ""
        var smallest: Int?
        while true {
            while inside.hasSuffix("/") { inside = inside.dropLast() }
            if let text = read("\(mount.point)\(inside)/\(file)"),
                let bytes = Int(text.prefix { $0.isNumber })
            {
                smallest = min(smallest ?? bytes, bytes)
            }
            guard let slash = inside.lastIndex(of: "/") else { return smallest }
            inside = inside[..<slash]
        }
    }

    /// Returns the path of the group: in version 2 if `controller` is `nil`, otherwise in version
    /// 1.
    private func path(controller: String?) -> Substring? {
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",").map(String.init)
            if controller.map(controllers.contains) ?? controllers.isEmpty { return fields[2] }
        }
        return nil
    }

    /// Returns the mount point of a hierarchy, and the group that is the root of that mount.
    private func mount(type: String, controller: String?) -> (root: String, point: String)? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3,
                fields[dash + 1] == type,
                controller.map(fields[dash + 3].split(separator: ",").map(String.init).contains) ?? true
            else { continue }
            return (Self.unescaped(fields[3]), Self.unescaped(fields[4]))
        }
        return nil
    }

    /// Decodes the escapes of `mountinfo`, which writes a space as `\040`.
    private static func unescaped(_ text: String) -> String {
        text.replacing("\\040", with: " ").replacing("\\134", with: "\\")
    }
}
