#if HEIF
import Pixels

/// Facts from the boxes of a HEIF or AVIF file that libheif does not report, reports only after
/// decoding, or does not understand.
///
/// Reads the boxes as far as possible; damaged or missing ones are `nil` or empty, and libheif
/// judges them.
struct HEIFStructure {
    /// A property of an item: ISO/IEC 23008-12, 6.5; `hvcC`, ISO/IEC 14496-15, 8.3.2; `av1C`, AV1
    /// in ISOBMFF, 2.3.
    enum Property: Hashable {
        /// `ispe`.
        case size(PixelSize)
        /// `irot`, in quarter turns anti-clockwise.
        case rotation(quarters: Int)
        /// `imir`: whether it swaps columns; otherwise it swaps rows.
        case mirror(columns: Bool)
        /// `clap`.
        case crop(CleanAperture)
        /// `hvcC` or `av1C`.
        case coding(Coding)
        /// `colr` of type `nclx`.
        case codePoints(HEIFCodePoints)
    }

    struct CleanAperture: Hashable {
        /// The numerators and denominators of width, height, and the offsets of the centre.
        var width, widthBelow, height, heightBelow, x, xBelow, y, yBelow: Int
    }

    struct Coding: Hashable {
        /// `nil` if there is no chroma.
        var subsampling: ChromaSubsampling?
        /// `general_profile_idc` of HEVC; `nil` for AV1.
        var hevcProfile: Int?
    }

    /// A box in `iref`.
    struct Reference: Hashable {
        var type: String
        var from: Int
        var to: [Int]
    }

    /// Whether there is a `meta` box; a sequence may have none.
    private(set) var hasMeta = false
    /// The primary item; `nil` if none is stated.
    private(set) var primaryItem: Int?
    /// The type of each item, such as `hvc1`, `grid`, `Exif`.
    private(set) var itemTypes: [Int: String] = [:]
    private(set) var references: [Reference] = []
    /// The number of frames in the first track of a sequence; 0 without one.
    private(set) var frameCount = 0
    private var trackProperties: [Property] = []
    private var allProperties: [Property?] = []
    private var associations: [Int: [Int]] = [:]

    init(_ file: UnsafeRawBufferPointer) {
        readTrack(file)
        // `meta` is a full box: its children follow four bytes.
        guard let meta = file.child("meta", in: 0..<file.count) else { return }
        hasMeta = true
        file.forEachBox(in: meta.dropFirst(4)) { type, content in
            switch type {
            case "pitm": primaryItem = file.field(content, 4, file.version(content) == 0 ? 2 : 4)
            case "iinf":
                let isShort = file.version(content) == 0
                file.forEachBox(in: content.dropFirst(isShort ? 6 : 8)) { type, entry in
                    if type == "infe" { readItem(file, entry) }
                    return true
                }
            case "iref": readReferences(file, content)
            case "iprp": readProperties(file, content)
            default: break
            }
            return true
        }
    }

    // MARK: Queries

    /// Returns the properties of an item, in order.
    func properties(of item: Int) -> [Property] {
        (associations[item] ?? []).compactMap {
            allProperties.indices.contains($0 - 1) ? allProperties[$0 - 1] : nil
        }
    }

    /// The item with the samples of the primary item: itself, or the first that it is derived
    /// from.
    var codedItem: Int? {
        var item = primaryItem
        // Limits the nesting of grids and overlays.
        for _ in 0..<8 {
            guard let current = item, !properties(of: current).contains(where: \.isCoding),
                let source = references.first(where: { $0.type == "dimg" && $0.from == current })?.to.first
            else { return item }
            item = source
        }
        return item
    }

    /// The coding of the primary image; `nil` if not stated.
    var coding: Coding? {
        for case .coding(let coding) in codedItem.map(properties) ?? trackProperties { return coding }
        return nil
    }

    /// The code points of the primary image, or of the item that it is derived from.
    var codePoints: HEIFCodePoints? {
        let shown = primaryItem.map(properties) ?? trackProperties
        for case .codePoints(let points) in shown + (codedItem.map(properties) ?? []) { return points }
        return nil
    }

    /// The area of the largest coded image of the file, before cropping, in px².
    var largestArea: Int {
        allProperties.reduce(0) { largest, property in
            if case .size(let size)? = property { max(largest, size.area) } else { largest }
        }
    }

    // MARK: Reading

    /// The first track's `stsd` and `stsz`: ISO/IEC 14496-12, 8.5.2 and 8.7.3.
    private mutating func readTrack(_ file: UnsafeRawBufferPointer) {
        var box = 0..<file.count
        for name in ["moov", "trak", "mdia", "minf", "stbl"] {
            guard let child = file.child(name, in: box) else { return }
            box = child
        }
        if let sizes = file.child("stsz", in: box) { frameCount = file.field(sizes, 8, 4) ?? 0 }
        guard let descriptions = file.child("stsd", in: box) else { return }
        file.forEachBox(in: descriptions.dropFirst(8)) { _, entry in
            // Every visual sample entry begins with 78 bytes of common fields.
            file.forEachBox(in: entry.dropFirst(78)) { type, property in
                if let property = Property(file, type, property) { trackProperties.append(property) }
                return true
            }
            return false
        }
    }

    private mutating func readItem(_ file: UnsafeRawBufferPointer, _ entry: Range<Int>) {
        let idBytes = file.version(entry) == 2 ? 2 : 4
        guard let version = file.version(entry), version >= 2, let id = file.field(entry, 4, idBytes),
            let type = file.name(entry, 6 + idBytes)
        else { return }
        itemTypes[id] = type
    }

    private mutating func readReferences(_ file: UnsafeRawBufferPointer, _ content: Range<Int>) {
        let bytes = file.version(content) == 0 ? 2 : 4
        file.forEachBox(in: content.dropFirst(4)) { type, entry in
            guard let from = file.field(entry, 0, bytes), let count = file.field(entry, bytes, 2) else {
                return true
            }
            let to = (0..<count).compactMap { file.field(entry, 2 + (1 + $0) * bytes, bytes) }
            references.append(Reference(type: type, from: from, to: to))
            return true
        }
    }

    private mutating func readProperties(_ file: UnsafeRawBufferPointer, _ content: Range<Int>) {
        file.forEachBox(in: content) { type, box in
            if type == "ipco" {
                file.forEachBox(in: box) { type, property in
                    allProperties.append(Property(file, type, property))
                    return true
                }
            } else if type == "ipma" {
                readAssociations(file, box)
            }
            return true
        }
    }

    private mutating func readAssociations(_ file: UnsafeRawBufferPointer, _ box: Range<Int>) {
        guard let flags = file.field(box, 3, 1), let count = file.field(box, 4, 4) else { return }
        let idBytes = file.version(box) == 0 ? 2 : 4
        let indexBytes = flags & 1 == 0 ? 1 : 2
        var offset = 8
        for _ in 0..<count {
            guard let item = file.field(box, offset, idBytes),
                let number = file.field(box, offset + idBytes, 1)
            else { return }
            offset += idBytes + 1
            for _ in 0..<number {
                guard let index = file.field(box, offset, indexBytes) else { return }
                // The highest bit marks an essential property.
                associations[item, default: []].append(index & (indexBytes == 1 ? 0x7F : 0x7FFF))
                offset += indexBytes
            }
        }
    }
}

/// The four values of `nclx` (ITU-T H.273).
struct HEIFCodePoints: Hashable {
    var primaries: Int
    var transfer: Int
    var matrix: Int
    var isFullRange: Bool
}

extension HEIFStructure.Property {
    var isCoding: Bool { if case .coding = self { true } else { false } }

    fileprivate init?(_ file: UnsafeRawBufferPointer, _ type: String, _ box: Range<Int>) {
        func number(_ offset: Int, _ length: Int) -> Int? { file.field(box, offset, length) }
        switch type {
        case "ispe":
            guard let width = number(4, 4), let height = number(8, 4) else { return nil }
            self = .size(PixelSize(width: width, height: height))
        case "irot":
            guard let angle = number(0, 1) else { return nil }
            self = .rotation(quarters: angle & 3)
        case "imir":
            guard let axis = number(0, 1) else { return nil }
            self = .mirror(columns: axis & 1 == 1)
        case "clap":
            let numbers = (0..<8).compactMap { number(4 * $0, 4) }
            guard numbers.count == 8 else { return nil }
            func signed(_ value: Int) -> Int { Int(Int32(truncatingIfNeeded: value)) }
            self = .crop(
                .init(
                    width: numbers[0], widthBelow: numbers[1], height: numbers[2], heightBelow: numbers[3],
                    x: signed(numbers[4]), xBelow: numbers[5], y: signed(numbers[6]), yBelow: numbers[7]))
        case "hvcC":
            guard let profile = number(1, 1), let chroma = number(16, 1) else { return nil }
            let subsampling: ChromaSubsampling? =
                switch chroma & 3 {
                case 1: .quarter
                case 2: .halfColumns
                case 3: .full
                default: nil
                }
            self = .coding(.init(subsampling: subsampling, hevcProfile: profile & 31))
        case "av1C":
            guard let flags = number(2, 1) else { return nil }
            let shifts = ChromaSubsampling(horizontalShift: flags >> 3 & 1, verticalShift: flags >> 2 & 1)
            self = .coding(.init(subsampling: flags & 0b1_0000 == 0 ? shifts : nil, hevcProfile: nil))
        case "colr":
            guard file.name(box, 0) == "nclx", let primaries = number(4, 2), let transfer = number(6, 2),
                let matrix = number(8, 2), let range = number(10, 1)
            else { return nil }
            self = .codePoints(
                .init(
                    primaries: primaries, transfer: transfer, matrix: matrix, isFullRange: range & 0x80 != 0))
        default: return nil
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Returns the big-endian number of `length` bytes at `offset` of a box's content; `nil` if the
    /// box ends before.
    fileprivate func field(_ box: Range<Int>, _ offset: Int, _ length: Int) -> Int? {
        guard offset + length <= box.count else { return nil }
        let start = box.lowerBound + offset
        return self[start..<start + length].bigEndianValue
    }

    /// The version of a full box.
    fileprivate func version(_ box: Range<Int>) -> Int? { field(box, 0, 1) }

    /// Returns the four characters at an offset.
    fileprivate func name(_ box: Range<Int>, _ offset: Int) -> String? {
        guard offset + 4 <= box.count else { return nil }
        let start = box.lowerBound + offset
        return String(decoding: self[start..<start + 4], as: UTF8.self)
    }

    /// Returns the content of the first box of that type.
    fileprivate func child(_ name: String, in range: Range<Int>) -> Range<Int>? {
        var found: Range<Int>?
        forEachBox(in: range) { type, content in
            if type == name { found = content }
            return found == nil
        }
        return found
    }

    /// Calls `body` with the type and content of each box, until it returns `false` or a box
    /// exceeds its parent.
    fileprivate func forEachBox(in range: Range<Int>, _ body: (String, Range<Int>) -> Bool) {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            var length = self[offset..<offset + 4].bigEndianValue
            var header = 8
            if length == 1, offset + 16 <= range.upperBound {
                // Refuses box lengths of 2^55 bytes and more.
                guard self[offset + 8] == 0 else { return }
                length = self[offset + 9..<offset + 16].bigEndianValue
                header = 16
            } else if length == 0 {
                length = range.upperBound - offset
            }
            guard length >= header, length <= range.upperBound - offset else { return }
            let type = String(decoding: self[offset + 4..<offset + 8], as: UTF8.self)
            guard body(type, offset + header..<offset + length) else { return }
            offset += length
        }
    }
}
#endif
