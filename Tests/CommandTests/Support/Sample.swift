import Foundation
import TestSupport

/// Fixtures by their purpose.
enum Sample {
    /// Conforms; passes through in a millisecond, with its metadata removed. 1280x960.
    static let conforming = Fixtures.path("shapes/phone-1.jpg")
    /// Conforms except for its orientation, 6, and has a Display P3 profile. 1280x960.
    static let turned = Fixtures.path("shapes/phone-6.jpg")
    /// An opaque PNG that must be enlarged. 600x400.
    static let small = Fixtures.path("photos/coffee.png")
    /// A PNG with alpha that must be enlarged. 416x384.
    static let cutout = Fixtures.path("photos/coffee-cutout.png")
    /// A text file.
    static let text = Fixtures.path("corrupt/text.jpg")
    /// All photographs.
    static let photos = Fixtures.rows.map(\.path).filter { $0.hasPrefix("photos/") }.map(Fixtures.path)
}

extension Data {
    /// The columns, rows and colour type of a PNG, from its header.
    var pngHeader: (width: Int, height: Int, colorType: UInt8)? {
        guard starts(with: [0x89, 0x50, 0x4E, 0x47]), count > 25 else { return nil }
        func number(at offset: Int) -> Int { self[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(at: 16), number(at: 20), self[25])
    }
}
