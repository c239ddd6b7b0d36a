import CodecBridge
import Pixels

/// Rotates a JPEG in the coefficient domain, without decoding or losing pixels.
package enum JPEGRotator {
    /// Whether this build can rotate losslessly (trait `LosslessTurn`).
    package static var isAvailable: Bool {
        #if LosslessTurn
        true
        #else
        false
        #endif
    }

    /// Whether the header permits a lossless rotation: both sides are whole MCUs, and the chroma
    /// subsampling stays valid.
    package static func canRotate(_ probe: ImageProbe) -> Bool {
        guard isAvailable, probe.format == .jpeg, !probe.isArithmeticCoded,
            !probe.hasReservedSegments
        else { return false }
        let subsampling: ChromaSubsampling
        switch probe.colorModel {
        case .grey: subsampling = .full
        case .yCbCr:
            guard let planes = probe.planeSubsampling else { return false }
            // 4:2:2 would become 4:4:0.
            guard !probe.orientation.swapsAxes || planes == planes.transposed else { return false }
            subsampling = planes
        default: return false
        }
        return probe.size.width.isMultiple(of: 8 << subsampling.horizontalShift)
            && probe.size.height.isMultiple(of: 8 << subsampling.verticalShift)
    }

    /// Returns the rotated file without metadata or profile, or `nil` if the rotation would lose
    /// samples or the data are damaged.
    package static func turn(_ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits) throws
        -> EncodedBuffer?
    {
        #if LosslessTurn
        // Checked first, because TurboJPEG does not limit the number of scans.
        guard try JPEGStripper.isJudgedByDecoding(source, probe: probe, limits: limits) else { return nil }
        var output = bridge_output()
        let status = try source.withAllBytes { bytes in
            let data = bytes.bindMemory(to: UInt8.self)
            return bridge_jpeg_rotate(
                data.baseAddress, data.count, Int32(probe.orientation.rawValue), limits.bridged, &output)
        }
        guard status.code != Int32(BRIDGE_UNSUPPORTED.rawValue) else { return nil }
        try CodecError.check(status)
        return try EncodedBuffer(output)
        #else
        return nil
        #endif
    }
}
