#if TIFF
import PixelEngine
import CodecBridge
import Pixels

/// Probes a TIFF (TIFF 6.0, and BigTIFF).
enum TIFFHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        do {
            return try source.withBridgeInput { input in
                try probe(TIFFDecoder(source, input, limits: limits), byteCount: source.count, limits: limits)
            }
        } catch let error as CodecError {
            throw error
        } catch {
            throw .misuse("\(error)")
        }
    }

    private static func probe(
        _ decoder: TIFFDecoder, byteCount: Int, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        let info = decoder.info
        let model: ImageProbe.ColorModel =
            switch bridge_tiff_model(rawValue: UInt32(info.model)) {
            case BRIDGE_TIFF_RGB: .rgb
            case BRIDGE_TIFF_PALETTE: .palette
            case BRIDGE_TIFF_YCBCR: .yCbCr
            case BRIDGE_TIFF_CMYK: .cmyk
            default: .grey
            }
        var probe = ImageProbe(
            format: .tiff, size: PixelSize(width: Int(info.width), height: Int(info.height)),
            colorModel: model, byteCount: byteCount)
        probe.bitDepth = Int(info.bits)
        probe.hasAlpha = info.has_alpha != 0
        probe.orientation = Orientation(rawValue: Int(info.orientation)) ?? .topLeft
        probe.frameCount = Int(info.pages)
        probe.hasMetadata = info.has_metadata != 0
        probe.decodeMemory = Int(info.decode_memory)
        if decoder.isReduced { probe.remarks.append(.reducedCopy) }
        probe.unsupportedFeature = decoder.unsupportedFeature
        if info.channels_left_out > 0 {
            probe.remarks.append(.channelsLeftOut(Int(info.channels_left_out)))
        }
        if info.profile_size > 0 {
            var profile = [UInt8](repeating: 0, count: info.profile_size)
            try CodecError.check(bridge_tiff_profile(decoder.handle, &profile, profile.count))
            ProfileAcceptance.apply(profile, to: &probe, limits: limits)
        }
        if probe.isCMYK, probe.profile == nil { probe.colorSpace = .inks }
        return probe
    }
}
#endif
