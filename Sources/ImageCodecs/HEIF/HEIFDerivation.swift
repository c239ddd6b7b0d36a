#if HEIF
import Pixels

/// The images that decoding the primary item decodes: the tiles of grids, the layers of overlays,
/// the alpha of each.
///
/// libheif 1.15 follows items without a limit: one that refers to itself ends the process,
/// and a few that refer to one another many times are decoded billions of times.
struct HEIFDerivation {
    private static let maximumDepth = 16

    private let structure: HEIFStructure
    private var sources: [Int: [Int]] = [:]
    private var known: [Int: (area: Int, depth: Int)] = [:]

    init(_ structure: HEIFStructure) {
        self.structure = structure
        for reference in structure.references {
            switch reference.type {
            case "dimg": sources[reference.from, default: []] += reference.to
            case "auxl": for image in reference.to { sources[image, default: []].append(reference.from) }
            default: break
            }
        }
    }

    /// Returns the area of all coded images that are decoded, in px². An image that is decoded
    /// twice counts twice.
    ///
    /// - Throws: ``CodecError/corrupt(_:)`` if images derive from themselves, or from one another
    ///   more than 16 times.
    mutating func decodedArea() throws(CodecError) -> Int {
        guard let item = structure.primaryItem else { return 0 }
        return try visit(item, above: 0).area
    }

    private mutating func visit(_ item: Int, above: Int) throws(CodecError) -> (area: Int, depth: Int) {
        if let found = known[item], above + found.depth < Self.maximumDepth { return found }
        guard above < Self.maximumDepth else { throw .corrupt("images that derive from one another") }
        var (area, depth) = (0, 0)
        for source in sources[item] ?? [] {
            let found = try visit(source, above: above + 1)
            area = area.addingReportingOverflow(found.area).overflow ? .max : area + found.area
            depth = max(depth, found.depth + 1)
        }
        let properties = structure.properties(of: item)
        if properties.contains(where: \.isCoding) {
            for case .size(let size) in properties {
                area = area.addingReportingOverflow(size.area).overflow ? .max : area + size.area
            }
        }
        known[item] = (area, depth)
        return (area, depth)
    }
}
#endif
