/// The index of a multi-picture file (CIPA DC-007).
enum MultiPicture {
    /// Pictures beside the first, from an APP2 payload that begins `MPF\0`; 0 if the index is not
    /// readable.
    static func extraCount(in payload: ArraySlice<UInt8>) -> Int {
        // NumberOfImages, LONG.
        let count = TIFFDirectory(Array(payload.dropFirst(4)))?.value(ofTag: 0xB001) ?? 1
        return max(0, min(count, 1000) - 1)
    }
}
