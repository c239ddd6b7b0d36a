import PixelEngine
import Pixels
import Testing

@Suite("Chromaticities")
struct ChromaticitiesTests {
    private static func changed(_ change: (inout Chromaticities) -> Void) -> Chromaticities {
        var points = Chromaticities.bt709
        change(&points)
        return points
    }

    @Test("are close if all coordinates are, the bound included")
    func close() {
        let moved = Self.changed { $0.green.y = 0.625 }
        #expect(moved.isClose(to: .bt709, within: 0.03))
        #expect(!moved.isClose(to: .bt709, within: 0.02))
        #expect(Chromaticities.bt709.isClose(to: .bt709, within: 0))
        // Red and green differ by 0.04 and 0.09.
        #expect(!Chromaticities.displayP3.isClose(to: .bt709, within: 0.08))
        #expect(Chromaticities.displayP3.isClose(to: .bt709, within: 0.1))
    }

    @Test(
        "make a known colour space",
        arguments: [Chromaticities.bt709, .displayP3, .bt2020, .adobeRGB])
    func known(_ points: Chromaticities) {
        #expect(points.isSolvable)
    }

    static let impossible: [(String, Chromaticities)] = [
        (
            "zeros",
            Chromaticities(white: .init(0, 0), red: .init(0, 0), green: .init(0, 0), blue: .init(0, 0))
        ),
        ("primaries on a line", changed { $0.green = .init(0.395, 0.195) }),
        ("white outside", changed { $0.white = .init(0.7, 0.3) }),
        ("white at a corner", changed { $0.white = $0.red }),
        ("a negative coordinate", changed { $0.blue.x = -0.01 }),
        ("x and y above 1", changed { $0.green = .init(0.5, 0.51) }),
        ("white without light", changed { $0.white = .init(0.3, 0.00004) }),
    ]

    @Test("make no colour space if white is not a mixture of the primaries", arguments: impossible)
    func refused(_ name: String, _ points: Chromaticities) {
        #expect(!points.isSolvable)
    }
}
