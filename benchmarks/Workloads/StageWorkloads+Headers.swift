import ImageCodecs
import ImagePreparation
import SeedreamModel

extension StageWorkloads {
    /// Reading headers.
    static var headers: [Workload] {
        [
            probe("probe jpeg") { try Photo.portrait.bytes },
            probe("probe png") { try Photo.coffee.bytes },
            probe("probe webp") { try Picture.rgb().encoded(as: .webp) },
            Workload("plan 10 files", per: .calls, isBrief: true) {
                let preparer = ImagePreparer()
                let photos: [Photo] = [.dandelion, .portrait, .coffee]
                let inputs = (0..<10).map { ImageInput.file(photos[$0 % photos.count].path) }
                return ReadyWorkload {
                    let plan = try preparer.plan(inputs)
                    guard plan.images.count == inputs.count else {
                        throw WorkloadError.otherWork(
                            expected: "\(inputs.count) images", found: "\(plan.images.count)")
                    }
                }
            },
        ]
    }

    private static func probe(
        _ name: String, bytes: @escaping @Sendable () throws -> [UInt8]
    ) -> Workload {
        Workload(name, per: .calls, isBrief: true) {
            let source = EncodedSource(try bytes())
            let limits = DecodeLimits()
            return ReadyWorkload { _ = try Prober.probe(source, limits: limits) }
        }
    }
}
