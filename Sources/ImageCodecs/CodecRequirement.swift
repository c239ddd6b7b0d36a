/// A feature of a file that older versions of a linked library do not support.
///
/// Messages, tests and documents take version-dependent results from this table only.
package enum CodecRequirement: String, CaseIterable, Sendable {
    /// An auxiliary image, metadata or a thumbnail that several images share: iOS 18 and later.
    case heifSharedReferences = "heif-shared-references"
    /// A grid decoded tile by tile, in rows of tiles instead of as a whole.
    case heifTiles = "heif-tiles"
    /// A `meta` box that runs to the end of the file.
    case heifOpenMeta = "heif-open-meta"
    /// R'G'B' of limited range, coded as planes.
    case heifLimitedRGB = "heif-limited-rgb"
    /// The first frame of an image sequence without a still image.
    case heifSequence = "heif-sequence"
    /// Samples that are not compressed (ISO/IEC 23001-17).
    case heifUncompressed = "heif-uncompressed"
    /// A JPEG inside HEIF.
    case heifJPEG = "heif-jpeg"
    /// JPEG 2000 inside HEIF.
    case heifJPEG2000 = "heif-jpeg-2000"
    /// VVC (H.266) inside HEIF.
    case heifVVC = "heif-vvc"
    /// AVC (H.264) inside HEIF.
    case heifAVC = "heif-avc"

    /// The feature, as the subject of a sentence.
    package var feature: String {
        switch self {
        case .heifSharedReferences: "an auxiliary image of several images (iOS 18 and later)"
        case .heifTiles: "reading a grid tile by tile"
        case .heifOpenMeta: "a meta box that runs to the end of the file"
        case .heifLimitedRGB: "limited-range RGB"
        case .heifSequence: "an image sequence without a still image"
        case .heifUncompressed: "an uncompressed HEIF image"
        case .heifJPEG: "a JPEG inside HEIF"
        case .heifJPEG2000: "JPEG 2000 inside HEIF"
        case .heifVVC: "VVC (H.266) inside HEIF"
        case .heifAVC: "AVC (H.264) inside HEIF"
        }
    }

    /// The library.
    package var library: String { "libheif" }

    /// The first version with the feature; from the library's sources, and tested with 1.15 and
    /// 1.23.
    package var version: String {
        switch self {
        case .heifUncompressed: "1.16"
        case .heifJPEG, .heifJPEG2000: "1.17"
        case .heifVVC: "1.18"
        case .heifSharedReferences, .heifTiles, .heifOpenMeta, .heifLimitedRGB, .heifAVC: "1.19"
        case .heifSequence: "1.21"
        }
    }

    /// The version of the library; `nil` if it is not installed, and in a build without it.
    package var linkedVersion: String? {
        #if HEIF
        CodecVersions.heif
        #else
        nil
        #endif
    }

    /// Whether the library has the feature.
    package var isMet: Bool {
        guard let linkedVersion else { return false }
        return !CodecVersions.isLess(linkedVersion, than: version)
    }

    /// One line: the required version and the one found.
    package var message: String {
        "\(feature) needs \(library) \(version) or later\(linkedVersion.map { ", found \($0)" } ?? "")"
    }

    /// The table as Markdown, for the documents.
    package static var table: String {
        let rows = allCases.map { "| \($0.feature) | \($0.library) \($0.version) |" }
        return (["| what the file needs | read from |", "| --- | --- |"] + rows).joined(separator: "\n")
    }
}
