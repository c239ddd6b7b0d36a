import ImageCodecs
import Pixels
import SeedreamModel

extension StageWorkloads {
    /// Metadata out of files, the compressed pixels untouched.
    static var stripping: [Workload] {
        [
            Workload("strip metadata of a 12 MP jpeg", per: .bytes) {
                let jpeg = try Photo.dandelion.metadata(copiedTo: Picture.planes(phone).encoded(as: .jpeg))
                let source = EncodedSource(jpeg)
                let limits = DecodeLimits()
                let probe = try Prober.probe(source, limits: limits)
                return ReadyWorkload(amount: jpeg.count) {
                    let stripped = try ContainerStripper.strip(source, probe: probe, limits: limits)
                    guard stripped.byteCount < source.count else {
                        throw WorkloadError.otherWork(expected: "metadata to remove", found: "none")
                    }
                    _ = try EncodedBytes(count: stripped.byteCount) { target throws(CodecError) in
                        try stripped.write(from: source, into: target)
                    }
                }
            }
        ]
    }
}
