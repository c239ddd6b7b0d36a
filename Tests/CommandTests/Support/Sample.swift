import Foundation
import TestSupport

/// Fixtures by what they stand for.
enum Sample {
    /// Conforms; passes through in a millisecond, its metadata removed. 1280x960.
    static let conforming = Fixtures.path("shapes/phone-1.jpg")
    /// Conforms but for its orientation, which is 6, and has a Display P3 profile. 1280x960.
    static let turned = Fixtures.path("shapes/phone-6.jpg")
    /// An opaque PNG that has to be enlarged. 600x400.
    static let small = Fixtures.path("photos/coffee.png")
    /// A PNG with alpha that has to be enlarged. 416x384.
    static let cutout = Fixtures.path("photos/coffee-cutout.png")
    /// A text.
    static let text = Fixtures.path("corrupt/text.jpg")
    /// All photographs.
    static let photos = Fixtures.rows.map(\.path).filter { $0.hasPrefix("photos/") }.map(Fixtures.path)
}

extension Data {
    /// Columns, rows and colour type of a PNG, from its header.
    var pngHeader: (width: Int, height: Int, colorType: UInt8)? {
        guard starts(with: [0x89, 0x50, 0x4E, 0x47]), count > 25 else { return nil }
        func number(at offset: Int) -> Int { self[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(at: 16), number(at: 20), self[25])
    }
}
