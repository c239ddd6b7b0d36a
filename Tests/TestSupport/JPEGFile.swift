/// A JPEG file split into segments, to be reassembled differently.
package struct JPEGFile {
    /// A marker with its parameters; for a start of scan, also the data that follows it.
    package struct Segment: Equatable {
        package var marker: UInt8
        package var payload: [UInt8]
        /// Entropy-coded data and restart markers.
        package var data: [UInt8] = []
        /// Stray bytes before the marker.
        package var before: [UInt8] = []

        package init(_ marker: UInt8, _ payload: [UInt8] = []) {
            self.marker = marker
            self.payload = payload
        }

        package var bytes: [UInt8] {
            let length = payload.count + 2
            return before + [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload + data
        }
    }

    package var segments: [Segment] = []
    /// The end of image marker and the bytes after it.
    package var end: [UInt8] = [0xFF, 0xD9]

    /// Splits a well-formed file.
    package init(_ bytes: [UInt8]) {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF, bytes[offset + 1] != 0xD9 {
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let payload = bytes[(offset + 4)..<(offset + 2 + length)]
            var segment = Segment(bytes[offset + 1], Array(payload))
            offset += 2 + length
            if segment.marker == 0xDA {
                let start = offset
                while offset + 1 < bytes.count,
                    bytes[offset] != 0xFF || bytes[offset + 1] == 0 || 0xD0...0xD7 ~= bytes[offset + 1]
                {
                    offset += 1
                }
                segment.data = Array(bytes[start..<offset])
            }
            segments.append(segment)
        }
    }

    package var bytes: [UInt8] { [0xFF, 0xD8] + segments.flatMap(\.bytes) + end }

    /// Returns the index of the first segment with this marker.
    package func index(of marker: UInt8) -> Int? { segments.firstIndex { $0.marker == marker } }

    /// Changes every segment with this marker.
    package mutating func change(_ marker: UInt8, _ body: (inout Segment) -> Void) {
        for index in segments.indices where segments[index].marker == marker { body(&segments[index]) }
    }

    /// Inserts segments before the first segment with this marker.
    package mutating func insert(_ new: [Segment], before marker: UInt8) {
        if let index = index(of: marker) { segments.insert(contentsOf: new, at: index) }
    }

    /// The tables, start of scan and data of each scan: everything after the frame header.
    package var scans: [[Segment]] {
        get {
            let frame = segments.firstIndex { 0xC0...0xC2 ~= $0.marker } ?? 0
            var scans: [[Segment]] = [[]]
            for segment in segments[(frame + 1)...] {
                scans[scans.count - 1].append(segment)
                if segment.marker == 0xDA { scans.append([]) }
            }
            return scans.filter { !$0.isEmpty }
        }
        set {
            let frame = segments.firstIndex { 0xC0...0xC2 ~= $0.marker } ?? 0
            segments = Array(segments[...frame]) + newValue.flatMap { $0 }
        }
    }
}
