/// A little-endian TIFF file built directory by directory.
package struct TIFFFile {
    /// A directory: tags with their values, the data of its only strip, and its subdirectories.
    package struct Directory {
        package var tags: [(tag: Int, type: Int, values: [Int])] = []
        package var strip: [UInt8] = []
        package var subdirectories: [Directory] = []

        /// - Parameter tags: SHORT values by tag.
        package init(_ tags: [Int: [Int]], strip: [UInt8] = []) {
            self.tags = tags.map { ($0.key, 3, $0.value) }
            self.strip = strip
        }

        /// RGB or grey, 8 bits, all samples equal.
        package init(
            width: Int, height: Int, samples: Int = 3, level: UInt8 = 128, _ more: [Int: [Int]] = [:]
        ) {
            let plain = [
                256: [width], 257: [height], 258: [Int](repeating: 8, count: samples), 259: [1],
                262: [samples == 3 ? 2 : 1], 277: [samples], 278: [height],
            ]
            self.init(
                plain.merging(more) { $1 },
                strip: [UInt8](repeating: level, count: width * height * samples))
        }

        /// Returns the directory with a text tag (ASCII).
        package func text(_ tag: Int, _ text: String) -> Directory {
            var copy = self
            copy.tags.append((tag, 2, (text.utf8 + [0]).map { Int($0) }))
            return copy
        }

        /// Returns the directory with subdirectories.
        package func with(_ subdirectories: Directory...) -> Directory {
            var copy = self
            copy.subdirectories += subdirectories
            return copy
        }
    }

    /// The chain of directories.
    package var directories: [Directory]
    /// Bytes between the header and the rest of the file.
    package var preamble: [UInt8] = []

    package init(_ directories: Directory...) { self.directories = directories }

    package var bytes: [UInt8] {
        var out: [UInt8] = [0x49, 0x49, 0x2A, 0, 0, 0, 0, 0] + preamble
        if out.count % 2 == 1 { out.append(0) }
        var link = 4
        for directory in directories {
            let start = Self.write(directory, to: &out)
            Self.put(start.offset, at: link, in: &out)
            link = start.link
        }
        return out
    }

    private static func put(_ value: Int, at offset: Int, length: Int = 4, in out: inout [UInt8]) {
        for byte in 0..<length { out[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    }

    /// Writes the strip, the subdirectories and then the directory.
    private static func write(_ directory: Directory, to out: inout [UInt8]) -> (offset: Int, link: Int) {
        var tags = directory.tags
        if !directory.strip.isEmpty {
            tags.append((273, 4, [out.count]))
            tags.append((279, 4, [directory.strip.count]))
            out += directory.strip
            if out.count % 2 == 1 { out.append(0) }
        }
        if !directory.subdirectories.isEmpty {
            var offsets: [Int] = []
            for sub in directory.subdirectories { offsets.append(write(sub, to: &out).offset) }
            tags.append((330, 4, offsets))
        }
        let sizes = [1: 1, 2: 1, 3: 2, 4: 4]
        var places: [Int] = []
        for entry in tags {
            let size = sizes[entry.type] ?? 1
            places.append(out.count)
            guard entry.values.count * size > 4 else { continue }
            for value in entry.values {
                out += (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
            if out.count % 2 == 1 { out.append(0) }
        }
        let offset = out.count
        out += [UInt8](repeating: 0, count: 2 + 12 * tags.count + 4)
        put(tags.count, at: offset, length: 2, in: &out)
        let order = tags.indices.sorted { tags[$0].tag < tags[$1].tag }
        for (slot, index) in order.enumerated() {
            let entry = tags[index]
            let at = offset + 2 + 12 * slot
            let size = sizes[entry.type] ?? 1
            put(entry.tag, at: at, length: 2, in: &out)
            put(entry.type, at: at + 2, length: 2, in: &out)
            put(entry.values.count, at: at + 4, in: &out)
            if entry.values.count * size > 4 {
                put(places[index], at: at + 8, in: &out)
            } else {
                for (position, value) in entry.values.enumerated() {
                    put(value, at: at + 8 + position * size, length: size, in: &out)
                }
            }
        }
        return (offset, offset + 2 + 12 * tags.count)
    }
}
