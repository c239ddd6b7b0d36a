package import Pixels

/// A HEIC put together from coded images: a single one or a grid, with alpha and with the boxes
/// that change how it is shown.
package struct HEICFile: Sendable {
    /// An image coded in HEVC.
    package struct Coded: Sendable {
        package var size: PixelSize
        /// The content of `hvcC`.
        package var configuration: [UInt8]
        package var data: [UInt8]
        /// Whether there is no chroma, as for alpha.
        package var isGrey: Bool { configuration[16] & 3 == 0 }
    }

    package enum Picture: Sendable {
        case single(Coded)
        /// Tiles row by row. The size is the upper left part that is shown.
        case grid([Coded], columns: Int, size: PixelSize)

        package var size: PixelSize {
            switch self {
            case .single(let coded): coded.size
            case .grid(_, _, let size): size
            }
        }
    }

    package enum Step: Sendable, Hashable {
        /// `clap`, in px cut off at each side.
        case crop(left: Int, top: Int, right: Int, bottom: Int)
        /// `irot`, in quarter turns anti-clockwise.
        case rotate(Int)
        /// `imir`: exchanges columns, otherwise rows.
        case mirror(columns: Bool)
    }

    package var picture: Picture
    package var alpha: Picture?
    /// Applied in this order, to the picture and to its alpha.
    package var steps: [Step] = []
    /// Whether the primary item is an identity derivation (`iden`) of the picture. libheif reads
    /// only the picture itself in tiles, so it decodes such a file whole.
    package var isWrapped = false

    package init(_ picture: Picture, alpha: Picture? = nil, steps: [Step] = []) {
        (self.picture, self.alpha, self.steps) = (picture, alpha, steps)
    }

    /// The size as shown.
    package var size: PixelSize { steps.reduce(picture.size) { Self.size($0, after: $1) } }

    /// Returns the size of an image after a step.
    package static func size(_ size: PixelSize, after step: Step) -> PixelSize {
        switch step {
        case .crop(let left, let top, let right, let bottom):
            PixelSize(width: size.width - left - right, height: size.height - top - bottom)
        case .rotate(let quarters): quarters & 1 == 0 ? size : size.transposed
        case .mirror: size
        }
    }

    package var bytes: [UInt8] {
        var writer = Writer()
        var shown = [writer.size(picture.size), writer.essential(Self.codePoints)]
        var current = picture.size
        for step in steps {
            shown.append(writer.essential(Self.box(of: step, for: current)))
            current = Self.size(current, after: step)
        }
        let primary: Int
        if isWrapped {
            primary = writer.add("iden", isHidden: false, shown)
            let source = writer.add(picture, isHidden: true, [])
            writer.refer("dimg", from: primary, to: [source])
        } else {
            primary = writer.add(picture, isHidden: false, shown)
        }
        if let alpha {
            let urn = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"
            let kind = writer.essential(Writer.box("auxC", [0, 0, 0, 0], Array(urn.utf8)))
            let item = writer.add(
                alpha, isHidden: true, [kind, writer.size(alpha.size)] + shown.dropFirst(2))
            writer.refer("auxl", from: item, to: [primary])
        }
        return writer.file(primary: primary)
    }

    /// `colr`: BT.709, sRGB, BT.601, full range.
    private static let codePoints = Writer.box("colr", Array("nclx".utf8), [0, 1, 0, 13, 0, 6, 0x80])

    private static func box(of step: Step, for size: PixelSize) -> [UInt8] {
        switch step {
        case .crop(let left, let top, let right, let bottom):
            // The offset of the centre, in halves of a px.
            let numbers = [
                size.width - left - right, 1, size.height - top - bottom, 1, left - right, 2, top - bottom, 2,
            ]
            return Writer.box("clap", numbers.flatMap { Writer.big($0, 4) })
        case .rotate(let quarters): return Writer.box("irot", [UInt8(quarters)])
        case .mirror(let columns): return Writer.box("imir", [columns ? 1 : 0])
        }
    }
}

/// Collects the items of a HEIF file: ISO/IEC 14496-12, 8.11, and ISO/IEC 23008-12, 6.5 and 6.6.
private struct Writer {
    private var properties: [[UInt8]] = []
    private var entries: [[UInt8]] = []
    private var associations: [[UInt8]] = []
    private var references: [[UInt8]] = []
    /// For each item, its place in `idat` or `mdat`; `nil` without data.
    private var places: [(isInMeta: Bool, range: Range<Int>)?] = []
    private var inMeta: [UInt8] = []
    private var data: [UInt8] = []

    static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    static func box(_ type: String, _ contents: [UInt8]...) -> [UInt8] {
        big(8 + contents.reduce(0) { $0 + $1.count }, 4) + Array(type.utf8) + contents.joined()
    }

    /// Returns the number of a property, which equal boxes share.
    private mutating func property(_ box: [UInt8]) -> Int {
        if let index = properties.firstIndex(of: box) { return index + 1 }
        properties.append(box)
        return properties.count
    }

    mutating func essential(_ box: [UInt8]) -> Int { 0x80 | property(box) }

    mutating func size(_ size: PixelSize) -> Int {
        property(Self.box("ispe", [0, 0, 0, 0], Self.big(size.width, 4), Self.big(size.height, 4)))
    }

    mutating func add(_ type: String, isHidden: Bool, _ shown: [Int]) -> Int {
        let item = entries.count + 1
        entries.append(
            Self.box("infe", [2, 0, 0, isHidden ? 1 : 0], Self.big(item, 2), [0, 0], Array(type.utf8), [0]))
        if !shown.isEmpty {
            associations.append(Self.big(item, 2) + [UInt8(shown.count)] + shown.map { UInt8($0) })
        }
        places.append(nil)
        return item
    }

    mutating func add(_ picture: HEICFile.Picture, isHidden: Bool, _ shown: [Int]) -> Int {
        let shown = shown.isEmpty ? [size(picture.size)] : shown
        switch picture {
        case .single(let coded):
            let configuration = essential(Self.box("hvcC", coded.configuration))
            let item = add("hvc1", isHidden: isHidden, [configuration] + shown)
            places[item - 1] = (false, data.count..<data.count + coded.data.count)
            data += coded.data
            return item
        case .grid(let tiles, let columns, let size):
            let item = add("grid", isHidden: isHidden, shown)
            // Version 0, sides of 32 bits.
            let rows = tiles.count / columns
            let layout =
                [0, 1, UInt8(rows - 1), UInt8(columns - 1)] + Self.big(size.width, 4)
                + Self.big(size.height, 4)
            places[item - 1] = (true, inMeta.count..<inMeta.count + layout.count)
            inMeta += layout
            let sources = tiles.map { add(.single($0), isHidden: true, []) }
            refer("dimg", from: item, to: sources)
            return item
        }
    }

    mutating func refer(_ type: String, from item: Int, to others: [Int]) {
        references.append(
            Self.box(type, Self.big(item, 2), Self.big(others.count, 2), others.flatMap { Self.big($0, 2) }))
    }

    func file(primary: Int) -> [UInt8] {
        let head = Self.box("ftyp", Array("heic".utf8), [0, 0, 0, 0], Array("mif1heic".utf8))
        let start = head.count + meta(primary, dataStart: 0).count + 8
        return head + meta(primary, dataStart: start) + Self.box("mdat", data)
    }

    private func meta(_ primary: Int, dataStart: Int) -> [UInt8] {
        let locations = places.enumerated().map { index, place -> [UInt8] in
            // libheif before 1.16 refuses an item that has no entry.
            guard let place else { return Self.big(index + 1, 2) + [0, 0, 0, 0, 0, 0] }
            let start = place.range.lowerBound + (place.isInMeta ? 0 : dataStart)
            let head = Self.big(index + 1, 2) + [0, place.isInMeta ? 1 : 0, 0, 0, 0, 1]
            return head + Self.big(start, 4) + Self.big(place.range.count, 4)
        }
        return Self.box(
            "meta", [0, 0, 0, 0],
            Self.box(
                "hdlr", [UInt8](repeating: 0, count: 8), Array("pict".utf8), [UInt8](repeating: 0, count: 13)),
            Self.box("pitm", [0, 0, 0, 0], Self.big(primary, 2)),
            Self.box(
                "iloc", [1, 0, 0, 0, 0x44, 0x00], Self.big(locations.count, 2), Array(locations.joined())),
            Self.box("iinf", [0, 0, 0, 0], Self.big(entries.count, 2), Array(entries.joined())),
            Self.box("iref", [0, 0, 0, 0], Array(references.joined())),
            Self.box(
                "iprp", Self.box("ipco", Array(properties.joined())),
                Self.box(
                    "ipma", [0, 0, 0, 0], Self.big(associations.count, 4), Array(associations.joined()))),
            Self.box("idat", inMeta))
    }
}

extension HEICFile.Coded {
    /// Returns the HEVC images of a fixture, by item: those of heif-enc and of
    /// `fixtures/heif_grid.py`, which have short numbers and data in `mdat`.
    package static func all(in file: [UInt8]) -> [HEICFile.Coded] {
        let meta = Dictionary(
            boxes(file[...]).filter { $0.type == "meta" }.flatMap { boxes($0.content.dropFirst(4)) }
        ) {
            first, _ in first
        }
        guard let items = meta["iinf"], let locations = meta["iloc"] else { return [] }
        let described = Dictionary(boxes(meta["iprp"] ?? [])) { first, _ in first }
        let properties = boxes(described["ipco"] ?? [])
        let associations = self.associations(described["ipma"] ?? [])
        let places = self.places(locations)
        return boxes(items.dropFirst(6)).compactMap { _, entry in
            let item = number(entry, 4, 2)
            guard String(decoding: entry.dropFirst(8).prefix(4), as: UTF8.self) == "hvc1",
                let range = places[item]
            else { return nil }
            let own = (associations[item] ?? []).map { properties[$0 - 1] }
            guard let configuration = own.first(where: { $0.type == "hvcC" })?.content,
                let size = own.first(where: { $0.type == "ispe" })?.content
            else { return nil }
            return HEICFile.Coded(
                size: PixelSize(width: number(size, 4, 4), height: number(size, 8, 4)),
                configuration: Array(configuration), data: Array(file[range]))
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> Int {
        bytes.dropFirst(offset).prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func boxes(_ bytes: ArraySlice<UInt8>) -> [(type: String, content: ArraySlice<UInt8>)] {
        var (rest, found) = (bytes, [(type: String, content: ArraySlice<UInt8>)]())
        while rest.count >= 8 {
            let length = max(number(rest, 0, 4), 8)
            let type = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
            found.append((type, rest.prefix(length).dropFirst(8)))
            rest = rest.dropFirst(length)
        }
        return found
    }

    /// Returns the properties of each item: `ipma` with numbers of one byte.
    private static func associations(_ box: ArraySlice<UInt8>) -> [Int: [Int]] {
        var (rest, found) = (box.dropFirst(8), [Int: [Int]]())
        while rest.count >= 3 {
            let count = number(rest, 2, 1)
            found[number(rest, 0, 2)] = rest.dropFirst(3).prefix(count).map { Int($0 & 0x7F) }
            rest = rest.dropFirst(3 + count)
        }
        return found
    }

    /// Returns the place of each item in the file: `iloc` with base offsets, offsets and lengths of
    /// four bytes and one extent each.
    private static func places(_ box: ArraySlice<UInt8>) -> [Int: Range<Int>] {
        let isLong = number(box, 0, 1) == 1
        var (rest, found) = (box.dropFirst(8), [Int: Range<Int>]())
        while rest.count >= (isLong ? 20 : 18) {
            let item = number(rest, 0, 2)
            let isInFile = !isLong || number(rest, 2, 2) & 15 == 0
            rest = rest.dropFirst(isLong ? 6 : 4)
            let start = number(rest, 0, 4) + number(rest, 6, 4)
            if isInFile { found[item] = start..<start + number(rest, 10, 4) }
            rest = rest.dropFirst(14)
        }
        return found
    }
}
