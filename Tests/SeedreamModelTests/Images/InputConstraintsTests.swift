import Pixels
import SeedreamModel
import TestSupport
import Testing

@Suite("area rule")
struct InputConstraintsTests {
    private let constraints = InputConstraints.seedream4

    @Test(
        "leaves a conforming size alone",
        arguments: [(960, 960), (4096, 4096), (6000, 2000), (555, 1665), (1, 1)])
    func conforming(_ width: Int, _ height: Int) throws {
        let size = PixelSize(width: width, height: height)
        var constraints = constraints
        if size.area < constraints.minimumArea { constraints.minimumArea = 1 }
        #expect(try constraints.targetSize(for: size) == size)
    }

    @Test(
        "rescales to the nearest conforming size",
        arguments: [
            (959, 960, 960, 962), (4097, 4096, 4095, 4095), (100, 100, 960, 960), (9000, 3000, 7092, 2364),
            (300, 100, 1665, 555), (100, 300, 555, 1665), (8000, 8000, 4096, 4096),
        ])
    func rescaled(_ width: Int, _ height: Int, _ newWidth: Int, _ newHeight: Int) throws {
        let target = try constraints.targetSize(for: PixelSize(width: width, height: height))
        #expect(target == PixelSize(width: newWidth, height: newHeight))
    }

    @Test("refuses a ratio beyond 3:1, and accepts exactly 3:1")
    func ratio() throws {
        let error = #expect(throws: ConstraintError.self) {
            try constraints.targetSize(for: .init(width: 1000, height: 3001))
        }
        #expect(error == .aspectRatioOutOfRange(.init(width: 1000, height: 3001), maximum: 3))
        #expect(
            try constraints.targetSize(for: .init(width: 1000, height: 3000))
                == .init(width: 1000, height: 3000))
        #expect(throws: ConstraintError.self) { try constraints.targetSize(for: .init(width: 0, height: 5)) }
    }

    @Test("reports if no integer size lies between the areas")
    func narrow() {
        var narrow = constraints
        narrow.minimumArea = 1_000_001
        narrow.maximumArea = 1_000_002
        #expect(
            throws: ConstraintError.noConformingSize(
                .init(width: 10, height: 7), minimumArea: 1_000_001, maximumArea: 1_000_002)
        ) {
            try narrow.targetSize(for: .init(width: 10, height: 7))
        }
    }

    @Test("holds for 120 000 random sizes", arguments: [3.0, 2.5, 16.0])
    func properties(_ maximumRatio: Double) throws {
        var constraints = constraints
        constraints.maximumAspectRatio = maximumRatio
        var generator = SeededGenerator(seed: UInt64(maximumRatio * 1000))
        var tried = 0
        while tried < 40_000 {
            // Sides from 1 to 60 000, spread evenly over their logarithms; every tenth ratio is
            // exactly at the limit.
            let short = Int(generator.unit().exponential(upTo: 60_000))
            var long = Int((Double(short) * (1 + generator.unit() * (maximumRatio - 1))).rounded(.down))
            if tried.isMultiple(of: 10) { long = Int(maximumRatio * Double(short)) }
            let turned = tried.isMultiple(of: 2)
            let size = turned ? PixelSize(width: short, height: long) : PixelSize(width: long, height: short)
            tried += 1
            guard constraints.acceptsAspectRatio(of: size) else { continue }
            let target = try constraints.targetSize(for: size)
            try check(target, of: size, constraints)
        }
    }

    private func check(_ target: PixelSize, of size: PixelSize, _ constraints: InputConstraints) throws {
        let inside = (constraints.minimumArea...constraints.maximumArea).contains(target.area)
        // #expect is slow over many cases; one issue for each property that fails is enough.
        if !inside { Issue.record("\(size) became \(target), outside the areas") }
        if !constraints.acceptsAspectRatio(of: target) {
            Issue.record("\(size) became \(target), beyond the ratio")
        }
        if (size.width <= size.height) != (target.width <= target.height) {
            Issue.record("\(size) was rotated to \(target)")
        }
        if try constraints.targetSize(for: target) != target {
            Issue.record("\(target) is not a fixed point")
        }
        guard target != size else { return }
        let ratio = Double(size.longSide) / Double(size.shortSide)
        let bound = Double(
            size.area < constraints.minimumArea ? constraints.minimumArea : constraints.maximumArea)
        let exact = (bound / ratio).squareRoot()
        if abs(Double(target.shortSide) - exact) >= 1 + 1e-6 {
            Issue.record("\(size): short side \(target.shortSide), exact \(exact)")
        }
        let long = Double(target.shortSide) * ratio
        if abs(Double(target.longSide) - long) >= 1 + 1e-6 {
            Issue.record("\(size): long side \(target.longSide), exact \(long)")
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }
}

extension Double {
    /// Maps 0...1 to 1...`maximum` in even steps of ratio.
    fileprivate func exponential(upTo maximum: Double) -> Double {
        var (low, high, value) = (1.0, maximum, self)
        for _ in 0..<40 {
            let middle = (low * high).squareRoot()
            if value < 0.5 { high = middle } else { low = middle }
            value = value < 0.5 ? value * 2 : value * 2 - 1
        }
        return low
    }
}
