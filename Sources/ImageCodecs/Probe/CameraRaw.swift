/// Camera raw files that their first bytes tell; those that are TIFF inside are told by their
/// directories.
package enum CameraRaw {
    /// The maker's name of the format, or `nil`. 20 bytes are enough.
    package static func name(beginningWith prefix: some Sequence<UInt8>) -> String? {
        let bytes = Array(prefix.prefix(20))
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        let isTIFF = bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
        if isTIFF, has("CR\u{2}", at: 8) { return "Canon CR2" }
        // The second word is "Raw" and a version, in the byte order of the first.
        if isTIFF, has("IIII", at: 8), has("waR", at: 13) { return "Phase One IIQ" }
        if isTIFF, has("MMMM", at: 8), has("Raw", at: 12) { return "Phase One IIQ" }
        if has("ftypcrx ", at: 4) { return "Canon CR3" }
        if has("II\u{1A}\0\0\0HEAPCCDR") { return "Canon CRW" }
        if has("IIRO") || has("IIRS") || has("MMOR") { return "Olympus ORF" }
        if has("IIU\0") { return "Panasonic RW2" }
        if has("FUJIFILMCCD-RAW") { return "Fujifilm RAF" }
        if has("FOVb") { return "Sigma X3F" }
        if has("\0MRM") { return "Minolta MRW" }
        return nil
    }
}
