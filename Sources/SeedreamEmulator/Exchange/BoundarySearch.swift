/// Finds a pattern in many megabytes without looking at each byte (Horspool 1980).
struct BoundarySearch: Sendable {
    let pattern: [UInt8]
    /// By the byte under the pattern's last: how far the pattern may move.
    private let skips: [Int]

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var skips = [Int](repeating: max(1, pattern.count), count: 256)
        for (index, byte) in pattern.dropLast().enumerated() { skips[Int(byte)] = pattern.count - 1 - index }
        self.skips = skips
    }

    /// Where the pattern begins first at or after an index; `nil` if it does not.
    func first(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var position = start - bytes.startIndex
            while position + pattern.count <= buffer.count {
                var index = pattern.count - 1
                while index >= 0, buffer[position + index] == pattern[index] { index -= 1 }
                if index < 0 { return position + bytes.startIndex }
                position += skips[Int(buffer[position + pattern.count - 1])]
            }
            return nil
        }
    }
}
