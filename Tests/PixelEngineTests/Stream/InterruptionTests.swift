import Foundation
import PixelEngine
import Pixels
import TestSupport
import Testing

/// A transfer that ends early: an error in a stage, or a caller that has had enough.
@Suite("interruption")
struct InterruptionTests {
    private struct Stopped: Error, Equatable { var place: Int }

    private final class FailingSource: StripSource {
        let format: PlaneFormat
        let stripRows = 16
        var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
        private let failing: Int

        init(_ format: PlaneFormat, failing: Int) { (self.format, self.failing) = (format, failing) }

        func readStrip(into buffer: PlaneBuffer, at row: Int) throws {
            if row / stripRows == failing { throw Stopped(place: failing) }
        }

        func finish() {}
    }

    private final class FailingSink: StripSink {
        let format: PlaneFormat
        let stripRows = 16
        var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
        private let failing: Int

        init(_ format: PlaneFormat, failing: Int) { (self.format, self.failing) = (format, failing) }

        func writeStrip(from buffer: PlaneBuffer, at row: Int) throws {
            if row / stripRows == failing { throw Stopped(place: failing) }
        }
    }

    enum Place: CaseIterable, Sendable { case source, sink, caller }

    /// What is done to an image of 96 x 240 px.
    enum Work: CaseIterable, Sendable {
        case copy, resize, convert

        var source: PlaneFormat {
            PlaneFormat(
                .yCbCr, size: PixelSize(width: 96, height: 240), subsampling: .quarter,
                primaries: self == .convert ? .displayP3 : .bt709)
        }

        func target(isTurned: Bool) -> PlaneFormat {
            let size = self == .copy ? source.size : PixelSize(width: 80, height: 200)
            let format = PlaneFormat(.yCbCr, size: size, subsampling: .quarter)
            return isTurned ? format.transposed : format
        }
    }

    @Test(
        "an error at any band reaches the caller, and no thread, source or sink is left",
        arguments: Place.allCases, Work.allCases)
    func anyBand(_ place: Place, _ work: Work) throws {
        let threads = Self.threads
        for isTurned in [false, true] {
            let target = work.target(isTurned: isTurned)
            weak var source: FailingSource?
            weak var sink: FailingSink?
            func run(_ failing: Int, _ stages: Int, _ checkpoint: (Double) throws -> Void) throws {
                let input = FailingSource(work.source, failing: place == .source ? failing : -1)
                let output = FailingSink(target, failing: place == .sink ? failing : -1)
                (source, sink) = (input, output)
                try PixelPipeline(
                    region: PixelRegion(work.source.size), orientation: isTurned ? .rightTop : .topLeft,
                    stages: PixelPipeline.Stages(rawValue: stages)
                ).run(from: input, to: output, checkpoint: checkpoint)
            }
            var calls = 0
            try run(-1, 0) { _ in calls += 1 }
            let bands: Int
            switch place {
            case .source: bands = work.source.size.height / 16
            case .sink: bands = target.size.height.dividedRoundingUp(by: 16)
            case .caller: bands = calls
            }
            #expect(bands > 4)
            for stages in 0...7 {
                for band in 0..<bands {
                    var number = 0
                    #expect(throws: Stopped(place: band)) {
                        try run(band, stages) { _ in
                            if place == .caller, number == band { throw Stopped(place: band) }
                            number += 1
                        }
                    }
                    #expect(source == nil && sink == nil)
                }
            }
        }
        // The test library may have started some of its own.
        #expect(Self.threads < threads + 8)
    }

    /// The number of threads of this process; 0 where that is not known.
    private static var threads: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    }
}
