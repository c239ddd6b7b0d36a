import Foundation

extension Data {
    /// Columns, rows and colour type of a PNG, from its header.
    var pngHeader: (width: Int, height: Int, colorType: UInt8)? {
        guard starts(with: [0x89, 0x50, 0x4E, 0x47]), count > 25 else { return nil }
        func number(at offset: Int) -> Int { self[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(at: 16), number(at: 20), self[25])
    }
}
