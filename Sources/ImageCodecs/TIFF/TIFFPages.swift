import CodecBridge

/// The directories of a TIFF file: the chain of pages, and their sub-directories (TIFF 6.0; TIFF
/// Technical Note 1; BigTIFF).
struct TIFFPages {
    /// The tags of one directory.
    struct Page {
        /// The offset of the directory, in bytes.
        var offset: Int
        /// Whether the directory is in the chain, not a sub-directory.
        var isInChain: Bool
        /// The first value of each tag, the offset of its values, their number and their size.
        fileprivate var entries: [Int: (value: Int, values: Int, count: Int, size: Int)] = [:]

        subscript(tag: Tag) -> Int? { entries[tag.rawValue]?.value }

        /// Whether the directory marks its image as a smaller copy of another, or a mask for one.
        ///
        /// NewSubfileType has bits (1 reduced, 4 mask), SubfileType has values (2 reduced).
        var isReducedOrMask: Bool {
            self[.newSubfileType].map { $0 & 5 != 0 } ?? (self[.subfileType] == 2)
        }

        var area: Int { (self[.width] ?? 0).multipliedReportingOverflow(by: self[.height] ?? 0).partialValue }
    }

    enum Tag: Int {
        case newSubfileType = 254
        case subfileType = 255
        case width = 256
        case height = 257
        case compression = 259
        case photometric = 262
        case make = 271
        case stripOffsets = 273
        case samplesPerPixel = 277
        case tileOffsets = 324
        case subdirectories = 330
        case jpegProcess = 512
        case jpegOffset = 513
        case cfaRepeatPattern = 33421
        case cfaPattern = 33422
        case cr2Slices = 50752
        case dngVersion = 50706
    }

    /// The most directories read. Our choice.
    static let maximumPages = 64
    /// The most entries read of one directory. Our choice.
    private static let maximumEntries = 4096

    private(set) var pages: [Page] = []
    private var reader: HeaderReader
    private let isLittleEndian: Bool
    private let isBig: Bool

    /// Reads the directories. Damage ends the list; libtiff judges the page that is read.
    init(_ source: EncodedSource) throws(CodecError) {
        reader = HeaderReader(source, windowSize: 4096)
        isLittleEndian = try reader.byte(at: 0) == 0x49
        let isBig = try reader.bytes(at: 2, length: 2).contains(0x2B)
        self.isBig = isBig
        var next = try number(at: isBig ? 8 : 4, length: isBig ? 8 : 4) ?? 0
        var seen: Set<Int> = []
        while next > 0, pages.count < Self.maximumPages, seen.insert(next).inserted {
            guard let (page, following) = try page(at: next, isInChain: true) else { break }
            pages.append(page)
            next = following
        }
        // Sub-directories may have sub-directories: all go into one list.
        var index = 0
        while index < pages.count, pages.count < Self.maximumPages {
            for offset in try subdirectories(of: pages[index])
            where offset > 0 && pages.count < Self.maximumPages && seen.insert(offset).inserted {
                if let (page, _) = try page(at: offset, isInChain: false) { pages.append(page) }
            }
            index += 1
        }
    }

    private mutating func number(at offset: Int, length: Int) throws(CodecError) -> Int? {
        let value =
            isLittleEndian
            ? try reader.littleEndian(at: offset, bytes: length)
            : try reader.bigEndian(at: offset, bytes: length)
        return value.flatMap { $0 >= 0 ? $0 : nil }
    }

    private mutating func page(
        at offset: Int, isInChain: Bool
    ) throws(CodecError) -> (page: Page, next: Int)? {
        let (countSize, entrySize, inline) = isBig ? (8, 20, 8) : (2, 12, 4)
        guard let count = try number(at: offset, length: countSize), count > 0 else { return nil }
        var page = Page(offset: offset, isInChain: isInChain)
        for index in 0..<min(count, Self.maximumEntries) {
            let entry = offset + countSize + index * entrySize
            guard let tag = try number(at: entry, length: 2), let type = try number(at: entry + 2, length: 2),
                let values = try number(at: entry + 4, length: inline)
            else { break }
            guard Tag(rawValue: tag) != nil else { continue }
            // SHORT, LONG, IFD, LONG8, IFD8; other types are one byte wide or not used here.
            let size = [3: 2, 4: 4, 13: 4, 16: 8, 18: 8][type] ?? 1
            let start = values > inline / size ? try number(at: entry + 4 + inline, length: inline) : nil
            let position = start ?? entry + 4 + inline
            // Only the presence of a text matters.
            let value = type == 2 ? 0 : try number(at: position, length: size)
            page.entries[tag] = (value ?? 0, position, values, size)
        }
        let end = offset + countSize + min(count, reader.count) * entrySize
        return (page, try number(at: end, length: inline) ?? 0)
    }

    private mutating func subdirectories(of page: Page) throws(CodecError) -> [Int] {
        guard let entry = page.entries[Tag.subdirectories.rawValue] else { return [] }
        var offsets: [Int] = []
        for index in 0..<min(entry.count, Self.maximumPages) {
            guard let offset = try number(at: entry.values + index * entry.size, length: entry.size) else {
                break
            }
            offsets.append(offset)
        }
        return offsets
    }
}

extension TIFFPages {
    /// Returns the page to read, and whether the file marks it as a reduced copy.
    ///
    /// A preview is never taken for the image: takes the first page that is neither reduced nor a
    /// mask, then the first such sub-directory (TIFF/EP keeps the image there). Without either,
    /// takes the largest, unless a camera made the file: then the image is raw data that no
    /// directory describes.
    ///
    /// - Throws: ``CodecError/cameraRaw(_:)``.
    func image() throws(CodecError) -> (page: Page, isReduced: Bool)? {
        if let raw = pages.first(where: \.isCameraRaw) {
            throw .cameraRaw(raw[.dngVersion] == nil ? nil : "DNG")
        }
        if let page = pages.first(where: { !$0.isReducedOrMask }) { return (page, false) }
        if pages.contains(where: { $0[.make] != nil }) { throw .cameraRaw(nil) }
        return pages.max { $0.area < $1.area }.map { ($0, true) }
    }
}

extension TIFFPages.Page {
    /// Compressions that only cameras write, valid if the file names a camera: ARW, Epson and
    /// Samsung raw, Panasonic, NEF, DCR, PEF.
    private static let rawCompressions: Set<Int> = [32767, 32769, 32770, 34316, 34713, 65000, 65535]

    /// Whether the directory holds a sensor's values, or belongs to a file that does.
    ///
    /// The CFA tags alone may describe the sensor of a developed image; with one sample per pixel
    /// they describe a mosaic.
    fileprivate var isCameraRaw: Bool {
        if self[.dngVersion] != nil || self[.cr2Slices] != nil { return true }
        // CFA and LinearRaw (DNG 1.7, "PhotometricInterpretation").
        if let model = self[.photometric], [32803, 34892].contains(model) { return true }
        let hasMosaic = self[.cfaPattern] != nil || self[.cfaRepeatPattern] != nil
        if hasMosaic, self[.samplesPerPixel] ?? 1 == 1 { return true }
        return self[.make] != nil && self[.compression].map(Self.rawCompressions.contains) ?? false
    }

    /// Returns the start of frame of the page's JPEG data; `nil` without one.
    func jpegFrame(in source: EncodedSource) throws(CodecError) -> JPEGHeader.Frame? {
        guard let compression = self[.compression], [6, 7].contains(compression) else { return nil }
        let first = self[.jpegOffset] ?? self[.tileOffsets] ?? self[.stripOffsets] ?? 0
        guard first > 0 else { return nil }
        var walker = JPEGWalker(source, offset: first)
        for _ in 0..<TIFFPages.maximumPages {
            guard let segment = try? walker.next(), segment.marker != JPEGWalker.Marker.startOfScan else {
                break
            }
            guard JPEGWalker.Marker.isStartOfFrame(segment.marker) else { continue }
            return try? JPEGHeader.Frame(segment, &walker)
        }
        return nil
    }
}
