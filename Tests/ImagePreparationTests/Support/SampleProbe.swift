import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport

/// Headers of which tests change one detail, and the plans made from them.
enum SampleProbe {
    /// Returns an upright 8-bit sRGB JPEG, 4:2:0, 200 000 bytes, without metadata, that needs no
    /// memory to decode.
    static func jpeg(
        _ width: Int = 1280, _ height: Int = 960, _ change: (inout ImageProbe) -> Void = { _ in }
    ) throws -> ImageProbe {
        let pixel = PNGFile(width: 1, height: 1, channels: 3, seed: 1).bytes()
        var probe = try Prober.probe(EncodedSource(pixel), limits: DecodeLimits())
        probe.format = .jpeg
        probe.size = PixelSize(width: width, height: height)
        probe.colorModel = .yCbCr
        probe.chromaSubsampling = "4:2:0"
        probe.planeSubsampling = .quarter
        probe.byteCount = 200_000
        probe.decodeMemory = 0
        change(&probe)
        return probe
    }

    /// Returns the plan for an input with this header.
    static func job(
        _ probe: ImageProbe, constraints: InputConstraints = InputConstraints(),
        options: PreparationOptions = PreparationOptions()
    ) throws(PreparationError) -> ImageJob {
        try Planner(constraints: constraints, options: options).job(
            index: 2, position: 1, input: .bytes([], name: "a.jpg"), probe: probe, identity: nil)
    }
}
