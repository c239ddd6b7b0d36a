import Pixels
import SeedreamModel

extension StageWorkloads {
    /// Planes to encoded bytes, quality 90.
    static var encoding: [Workload] {
        [
            encode("encode jpeg 4:2:0 12 MP", as: .jpeg) { try Picture.planes(phone) },
            encode("encode png 1.8 MP", as: .png) { try Picture.rgb() },
            encode("encode webp 1.8 MP", as: .webp) { try Picture.rgb() },
        ]
    }

    private static func encode(
        _ name: String, as mediaType: MediaType, picture: @escaping @Sendable () throws -> Picture
    ) -> Workload {
        Workload(name, per: .pixels) {
            let picture = try picture()
            return ReadyWorkload(amount: picture.format.size.area) {
                _ = try picture.encoded(as: mediaType)
            }
        }
    }
}
