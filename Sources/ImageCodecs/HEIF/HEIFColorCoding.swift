#if HEIF
import CodecBridge

/// The meaning of decoded planes: ITU-T H.273, table 4 and equations 20 to 66.
struct HEIFColorCoding: Hashable {
    enum Matrix: Hashable {
        /// The planes are green, blue and red.
        case identity
        /// The factors of U and V (range 1) in R, in G and in B.
        case sums([Float])
    }

    var matrix: Matrix
    var isFullRange: Bool
    /// Whether Y'CbCr has JPEG's meaning: BT.601, full range.
    var isJPEGs: Bool

    /// - Throws: ``CodecError/unsupportedFeature(_:)`` for a matrix that does not convert from
    ///   R'G'B'.
    init(_ planes: bridge_heif_planes, file: HEIFCodePoints?) throws(CodecError) {
        // libheif's description of the planes comes first: it may have converted them.
        isFullRange = planes.full_range < 0 ? file?.isFullRange ?? true : planes.full_range != 0
        let isSaid = planes.matrix >= 0 || planes.full_range < 0
        let number = planes.matrix >= 0 ? Int(planes.matrix) : isSaid ? file?.matrix ?? 2 : 2
        let isColored = planes.model == Int32(BRIDGE_HEIF_YCBCR.rawValue)
        if number == 0, isColored {
            guard planes.shift_x == 0, planes.shift_y == 0 else {
                throw .corrupt("RGB planes have different sizes")
            }
            matrix = .identity
            isJPEGs = false
            return
        }
        guard let sums = Self.sums(of: number, primaries: file?.primaries ?? 2) else {
            throw .unsupportedFeature("matrix \(number) (ITU-T H.273) is not converted to RGB")
        }
        matrix = .sums(sums)
        isJPEGs = isColored && isFullRange && sums == Self.sums(red: 0.299, blue: 0.114)
    }

    /// Returns the factors of a matrix; `nil` if it is not supported. Reads unspecified, reserved
    /// and unknown values as BT.601, as libavif and browsers do for unspecified ones.
    private static func sums(of matrix: Int, primaries: Int) -> [Float]? {
        switch matrix {
        case 1: sums(red: 0.2126, blue: 0.0722)
        case 4: sums(red: 0.30, blue: 0.11)
        case 7: sums(red: 0.212, blue: 0.087)
        case 8: [-1, 1, 1, 0, -1, -1]  // YCgCo
        case 9: sums(red: 0.2627, blue: 0.0593)
        case 12:
            switch primaries {
            case 1: sums(red: 0.2126, blue: 0.0722)
            case 9: sums(red: 0.2627, blue: 0.0593)
            case 12: sums(red: 0.2290, blue: 0.0793)
            default: sums(red: 0.299, blue: 0.114)
            }
        case 10, 11, 13, 14, 15, 16, 17: nil
        default: sums(red: 0.299, blue: 0.114)
        }
    }

    private static func sums(red: Float, blue: Float) -> [Float] {
        let green = 1 - red - blue
        let (u, v) = (2 * (1 - blue), 2 * (1 - red))
        return [0, v, -u * blue / green, -v * red / green, u, 0]
    }
}
#endif
