import Foundation
import ImageCodecs
import TestSupport
import Testing

/// An image on whose pixels two independent decoders agree decodes to exactly those pixels.
@Suite("reference pixels", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct ReferencePixelTests {
    @Test("rows with a reference hash decode to those RGBA samples")
    func hashes() throws {
        let rows = Corpus.rows.filter {
            $0.referenceHash != nil
                && (["JPEG", "PNG", "WebP", "JPEG (MPO)"].contains($0.format)
                    || $0.format == "GIF" && ImageFormat.gif.isReadable)
        }
        #expect(rows.count > 300)
        var tally: [String: (met: Int, all: Int)] = [:]
        for row in rows {
            let data = try Data(contentsOf: URL(fileURLWithPath: Corpus.path(row)))
            let hash = (try? DecodedPixels([UInt8](data)))?.sha256
            #expect(hash == row.referenceHash, "\(row.file)")
            tally[row.folder, default: (0, 0)].all += 1
            if hash == row.referenceHash { tally[row.folder, default: (0, 0)].met += 1 }
        }
        for (folder, count) in tally.sorted(by: { $0.key < $1.key }) {
            print("reference pixels \(folder): \(count.met) of \(count.all)")
        }
        print("reference pixels: \(tally.values.reduce(0) { $0 + $1.met }) of \(rows.count)")
    }

}
