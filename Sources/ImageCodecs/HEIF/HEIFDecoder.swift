#if HEIF
import PixelEngine
import Platform
import CodecBridge
import Pixels

/// Decodes the primary image of a HEIF or AVIF file with libheif.
///
/// libheif is C++ and its `bad_alloc` would end the process, so ``reserve(_:)`` checks that memory
/// is available before each call.
final class HEIFDecoder {
    let info: bridge_heif_info
    let structure: HEIFStructure
    private let bytes: UnsafeRawBufferPointer
    private let limits: DecodeLimits
    private let handle: OpaquePointer
    private var hasThreads = false

    /// Reads the header. The bytes must outlive the decoder.
    convenience init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(CodecError) {
        let structure = HEIFStructure(bytes)
        var derivation = HEIFDerivation(structure)
        let decoded = try derivation.decodedArea()
        // Tiles reach beyond the image, and an image may be decoded with its alpha.
        guard decoded / 4 <= limits.maximumPixels else {
            throw .limitExceeded(.pixels, value: decoded, maximum: limits.maximumPixels)
        }
        try self.init(bytes, limits, structure)
    }

    private init(
        _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits, _ structure: HEIFStructure
    ) throws(CodecError) {
        (self.bytes, self.limits, self.structure) = (bytes, limits, structure)
        try Self.reserve(Self.libraryMemory)
        try CodecError.check(bridge_heif_load())
        // libheif before 1.19 copies the data of every item once while it reads the boxes.
        try Self.reserve(2 * bytes.count)
        var handle: OpaquePointer?
        var info = bridge_heif_info()
        do throws(CodecError) {
            let data = bytes.bindMemory(to: UInt8.self)
            let bridged = bridge_heif_limits(
                maximum_pixels: Int64(limits.maximumPixels), maximum_memory: Int64(limits.maximumDecodeMemory)
            )
            try CodecError.check(bridge_heif_open(data.baseAddress, data.count, bridged, &handle, &info))
        } catch {
            throw Self.naming(error, structure)
        }
        guard let handle else { throw .misuse("no image") }
        self.handle = handle
        self.info = info
    }

    deinit { bridge_heif_close(handle) }

    /// Returns another decoder of the same image, for another thread: libheif shares no state
    /// between contexts.
    func copy() throws(CodecError) -> HEIFDecoder {
        let other = try HEIFDecoder(bytes, limits, structure)
        other.hasThreads = hasThreads
        return other
    }

    /// Returns the ICC profile; `nil` if the file has no profile.
    func profile() throws(CodecError) -> [UInt8]? {
        guard info.profile_size > 0 else { return nil }
        var profile = [UInt8](repeating: 0, count: Int(info.profile_size))
        try CodecError.check(bridge_heif_profile(handle, &profile, profile.count))
        return profile
    }

    /// Decodes the whole image and applies its transformations. The samples are valid until the
    /// next call.
    ///
    /// - Parameter memory: The estimated memory for decoding, in bytes.
    func decode(memory: Int) throws(CodecError) -> bridge_heif_planes {
        let coding = structure.coding
        let chroma = coding?.subsampling ?? .full
        let isGrey: Int32 = coding != nil && coding?.subsampling == nil ? 1 : 0
        return try planes(memory: memory) { planes in
            bridge_heif_decode(
                handle, isGrey, Int32(chroma.horizontalShift), Int32(chroma.verticalShift), &planes)
        }
    }

    /// Decodes one tile, without transformations. The samples are valid until the next call.
    func decodeTile(column: Int, row: Int, memory: Int) throws(CodecError) -> bridge_heif_planes {
        try planes(memory: memory) { planes in
            bridge_heif_decode_tile(handle, Int32(column), Int32(row), &planes)
        }
    }

    private func planes(
        memory: Int, _ decode: (inout bridge_heif_planes) -> bridge_status
    ) throws(CodecError) -> bridge_heif_planes {
        try Self.reserve(memory)
        if !hasThreads {
            // libde265 waits forever for a thread that could not be started. It starts one for each
            // tile, and a finished thread counts for a moment longer.
            guard WorkerThread.areAvailable(4) else { throw .outOfMemory }
            hasThreads = true
        }
        var planes = bridge_heif_planes()
        do throws(CodecError) {
            try CodecError.check(decode(&planes))
        } catch {
            // The decoders behind libheif report every failure alike, a lack of memory too. They
            // need the samples and the memory of all their threads at the same time.
            let threads = Self.decoderThreads * Self.threadMemory
            guard WorkingMemory.isAvailable(2 * memory + Self.overhead + threads),
                WorkerThread.areAvailable(Self.decoderThreads)
            else { throw .outOfMemory }
            throw Self.naming(error, structure)
        }
        return planes
    }

    // MARK: Memory

    /// Bytes besides the samples: tables, and the stacks of the decoders' threads.
    private static let overhead = 32 << 20
    /// Bytes of address space for libheif and its codecs, which are loaded with the first file: 28
    /// MiB on Debian 12.
    private static let libraryMemory = 32 << 20
    /// Bytes of address space for one thread: its stack, 8 MiB by default on Linux, and as much
    /// for its tables. Our number.
    private static let threadMemory = 16 << 20
    /// dav1d starts one thread for each processor, and one more.
    private static let decoderThreads = min(Processors.count, 64) + 1

    /// Checks that libheif can get the memory that it will allocate, if nothing else allocates
    /// meanwhile.
    private static func reserve(_ byteCount: Int) throws(CodecError) {
        guard WorkingMemory.isAvailable(byteCount + overhead) else { throw .outOfMemory }
    }

    // MARK: Failures

    /// Turns an error into ``CodecError/unsupportedFeature(_:)`` if the linked libheif cannot read
    /// the file, damaged or not.
    private static func naming(_ error: CodecError, _ structure: HEIFStructure) -> CodecError {
        let version = CodecVersions.heif ?? "not installed"
        switch error {
        case .corrupt, .truncated, .unsupportedFeature:
            if let unmet = CodecRequirement.needed(by: structure).first(where: { !$0.isMet }) {
                return .unsupportedFeature(unmet.message)
            }
        default: return error
        }
        // libde265 decodes the version 1 profiles and the range extensions (ITU-T H.265, annex
        // A.3).
        if case .corrupt = error, let profile = structure.coding?.hevcProfile, !(1...4).contains(profile) {
            return .unsupportedFeature("HEVC profile \(profile) is not decoded (libheif \(version))")
        }
        guard case .unsupportedFeature(let what) = error else { return error }
        return .unsupportedFeature("\(what) (libheif \(version))")
    }
}

extension CodecRequirement {
    /// Returns the requirements that follow from the boxes of a file.
    static func needed(by structure: HEIFStructure) -> [CodecRequirement] {
        guard structure.hasMeta else { return [structure.frameCount > 0 ? .heifSequence : .heifOpenMeta] }
        var needed: [CodecRequirement] = []
        if structure.references.contains(where: {
            ["auxl", "thmb", "cdsc"].contains($0.type) && $0.to.count > 1
        }) {
            needed.append(.heifSharedReferences)
        }
        for item in [structure.primaryItem, structure.codedItem] {
            switch item.flatMap({ structure.itemTypes[$0] }) {
            case "unci": needed.append(.heifUncompressed)
            case "jpeg": needed.append(.heifJPEG)
            case "j2k1": needed.append(.heifJPEG2000)
            case "vvc1": needed.append(.heifVVC)
            case "avc1": needed.append(.heifAVC)
            default: break
            }
        }
        if let points = structure.codePoints, points.matrix == 0, !points.isFullRange {
            needed.append(.heifLimitedRGB)
        }
        return needed
    }
}
#endif
