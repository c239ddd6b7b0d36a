/// An ICC profile (ICC.1:2010) built by hand, valid or wrong in any detail.
package struct ICCProfile {
    /// The colour space of the data: `"GRAY"` or `"RGB "`.
    package var space: String
    package var deviceClass = "mntr"
    package var connectionSpace = "XYZ "
    package var signature = "acsp"
    /// Added to the length that the header states.
    package var lengthError = 0
    /// The signature and the data of each tag.
    package var tags: [(name: String, data: [UInt8])]
    /// Added to the offset of the last tag.
    package var tagOffsetError = 0

    /// Returns a grey profile whose code `c` (0 to 1) means the linear light `curve(c)`.
    package static func grey(_ curve: (Double) -> Double) -> ICCProfile {
        let entries = (0..<1024).map { index in
            UInt16((curve(Double(index) / 1023) * 65_535).rounded())
        }
        let table = Array("curv".utf8) + [0, 0, 0, 0] + PNGFile.bigEndian(1024)
        let white = Array("XYZ ".utf8) + [0, 0, 0, 0] + d50
        return ICCProfile(
            space: "GRAY",
            tags: [
                ("wtpt", white),
                ("kTRC", table + entries.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
            ])
    }

    private static let d50: [UInt8] = [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D]

    package func bytes() -> [UInt8] {
        var table: [UInt8] = []
        var data: [UInt8] = []
        let start = 132 + tags.count * 12
        for (index, tag) in tags.enumerated() {
            let error = index == tags.count - 1 ? tagOffsetError : 0
            table += Array(tag.name.utf8) + PNGFile.bigEndian(UInt32(start + data.count + error))
            table += PNGFile.bigEndian(UInt32(tag.data.count))
            data += tag.data + [UInt8](repeating: 0, count: (4 - tag.data.count % 4) % 4)
        }
        var header = PNGFile.bigEndian(UInt32(start + data.count + lengthError)) + Array("none".utf8)
        header += [2, 0x40, 0, 0] + Array((deviceClass + space + connectionSpace).utf8)
        header += [UInt8](repeating: 0, count: 12) + Array(signature.utf8)
        header += [UInt8](repeating: 0, count: 28) + Self.d50
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + PNGFile.bigEndian(UInt32(tags.count)) + table + data
    }
}
