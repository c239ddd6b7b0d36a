import ImageCodecs
import Pixels
import SeedreamModel

extension StageWorkloads {
    /// Encoded bytes to planes or rows.
    static var decoding: [Workload] {
        var workloads = [
            planes("decode jpeg planes 20 MP", denominator: 1),
            planes("decode jpeg planes 20 MP at half size", denominator: 2),
            rows("decode png rows 1.8 MP") { try Picture.rgb().encoded(as: .png) },
            rows("decode webp rows 1.8 MP") { try Picture.rgb().encoded(as: .webp) },
        ]
        if ImageFormat.tiff.isReadable {
            workloads.append(
                rows("decode tiff rows 1.8 MP uncompressed") {
                    let (size, samples) = try PackedRows.rgb()
                    return TIFFFile.bytes(rgb: samples, size: size)
                })
        }
        return workloads
    }

    private static func planes(_ name: String, denominator: Int) -> Workload {
        Workload(name, per: .pixels) {
            let source = EncodedSource(try Picture.planes(camera).encoded(as: .jpeg))
            return ReadyWorkload(amount: camera.area) {
                try JPEGPlaneSource.withSource(of: source, denominator: denominator, limits: DecodeLimits()) {
                    let band = try PlaneBuffer(format: $0.format, rows: $0.bandRows, widths: $0.rowWidths)
                    for row in stride(from: 0, to: $0.format.size.height, by: $0.bandRows) {
                        try $0.readBand(into: band, at: row)
                    }
                    try $0.finish()
                }
            }
        }
    }

    private static func rows(
        _ name: String, bytes: @escaping @Sendable () throws -> [UInt8]
    ) -> Workload {
        Workload(name, per: .pixels) {
            let source = EncodedSource(try bytes())
            let probe = try Prober.probe(source, limits: DecodeLimits())
            return ReadyWorkload(amount: probe.size.area) { try PackedRows.decode(source, probe: probe) }
        }
    }
}
