private import CZimg
package import Pixels

/// A zimg filter graph: it changes the size, colour model, chroma subsampling and sample type of
/// planes in memory.
///
/// zimg's line callbacks are not used. If a row is wider than the cache, zimg works in columns and
/// requests the same rows again for each column, which cannot be turned off, and a decoder cannot
/// go back.
package final class ResampleGraph {
    /// The source or target of a graph.
    package struct Endpoint: Hashable, Sendable {
        /// The format. Its sides are whole chroma samples.
        package var format: PlaneFormat
        package var sampleType: SampleType
        /// Whether the other planes are premultiplied by the alpha plane, if there is one.
        package var isPremultiplied: Bool

        package init(_ format: PlaneFormat, _ sampleType: SampleType = .byte, isPremultiplied: Bool = false) {
            self.format = format
            self.sampleType = sampleType
            self.isPremultiplied = isPremultiplied
        }
    }

    private let graph: OpaquePointer
    private let scratch: WorkingMemory

    /// Builds the graph.
    ///
    /// - Parameters:
    ///   - region: The part of the source that becomes the whole target. It may extend past the
    ///     source's edges, where the source is mirrored.
    ///   - chromaFilter: The filter for the chroma planes; `nil` means `filter`.
    package init(
        from source: Endpoint, region: PixelRegion, to target: Endpoint, filter: ResamplingFilter,
        chromaFilter: ResamplingFilter? = nil
    ) throws(PixelError) {
        var input = Self.imageFormat(source)
        var output = Self.imageFormat(target)
        if source.format.primaries != target.format.primaries {
            Self.setPrimaries(source.format.primaries, of: &input)
            Self.setPrimaries(target.format.primaries, of: &output)
        }
        input.active_region.left = region.left
        input.active_region.top = region.top
        input.active_region.width = region.width
        input.active_region.height = region.height
        var parameters = Self.parameters(filter, chroma: chromaFilter ?? filter)
        guard let graph = zimg_filter_graph_build(&input, &output, &parameters) else {
            throw Self.lastError()
        }
        var scratchBytes = 0
        guard zimg_filter_graph_get_tmp_size(graph, &scratchBytes) == ZIMG_ERROR_SUCCESS else {
            defer { zimg_filter_graph_free(graph) }
            throw Self.lastError()
        }
        do throws(PixelError) {
            scratch = try WorkingMemory(byteCount: scratchBytes)
        } catch {
            zimg_filter_graph_free(graph)
            throw error
        }
        self.graph = graph
    }

    deinit { zimg_filter_graph_free(graph) }

    /// Runs the graph over all rows of the source. Do not call it from two threads at once.
    package func run(from source: PlaneView, to target: PlaneView) throws(PixelError) {
        var from = zimg_image_buffer_const()
        var to = zimg_image_buffer()
        from.version = czimg_api_version
        to.version = czimg_api_version
        for (index, line) in source.lines.enumerated() {
            let slot = Self.slot(index, of: source)
            czimg_set_input_plane(&from, slot, line.base, line.stride, czimg_whole_plane)
        }
        for (index, line) in target.lines.enumerated() {
            let slot = Self.slot(index, of: target)
            czimg_set_output_plane(&to, slot, line.base, line.stride, czimg_whole_plane)
        }
        guard
            zimg_filter_graph_process(graph, &from, &to, scratch.base, nil, nil, nil, nil)
                == ZIMG_ERROR_SUCCESS
        else {
            throw Self.lastError()
        }
    }

    /// Returns zimg's slot for a plane: colour in 0...2, alpha always in 3.
    private static func slot(_ index: Int, of view: PlaneView) -> Int32 {
        view.hasAlpha && index == view.lines.count - 1 ? 3 : Int32(index)
    }

    private static func imageFormat(_ endpoint: Endpoint) -> zimg_image_format {
        let format = endpoint.format
        var image = zimg_image_format()
        zimg_image_format_default(&image, czimg_api_version)
        image.width = UInt32(format.size.width)
        image.height = UInt32(format.size.height)
        image.pixel_type = endpoint.sampleType == .byte ? ZIMG_PIXEL_BYTE : ZIMG_PIXEL_WORD
        image.depth = endpoint.sampleType == .byte ? 8 : 16
        image.pixel_range = ZIMG_RANGE_FULL
        image.subsample_w = UInt32(format.subsampling.horizontalShift)
        image.subsample_h = UInt32(format.subsampling.verticalShift)
        image.chroma_location = ZIMG_CHROMA_CENTER
        image.alpha =
            !format.hasAlpha
            ? ZIMG_ALPHA_NONE : endpoint.isPremultiplied ? ZIMG_ALPHA_PREMULTIPLIED : ZIMG_ALPHA_STRAIGHT
        switch format.model {
        case .grey:
            image.color_family = ZIMG_COLOR_GREY
        case .yCbCr:
            image.color_family = ZIMG_COLOR_YUV
            image.matrix_coefficients = ZIMG_MATRIX_ST170_M
        case .rgb:
            image.color_family = ZIMG_COLOR_RGB
            image.matrix_coefficients = ZIMG_MATRIX_RGB
        }
        return image
    }

    private static func setPrimaries(_ primaries: PlaneFormat.Primaries, of image: inout zimg_image_format) {
        image.color_primaries = primaries == .bt709 ? ZIMG_PRIMARIES_BT709 : ZIMG_PRIMARIES_ST432_1
        image.transfer_characteristics = ZIMG_TRANSFER_IEC_61966_2_1
    }

    private static func parameters(
        _ filter: ResamplingFilter, chroma: ResamplingFilter
    ) -> zimg_graph_builder_params {
        var parameters = zimg_graph_builder_params()
        zimg_graph_builder_params_default(&parameters, czimg_api_version)
        let luma = kernel(filter)
        parameters.resample_filter = luma.kind
        parameters.filter_param_a = luma.a
        parameters.filter_param_b = luma.b
        let other = kernel(chroma)
        parameters.resample_filter_uv = other.kind
        parameters.filter_param_a_uv = other.a
        parameters.filter_param_b_uv = other.b
        parameters.cpu_type = ZIMG_CPU_AUTO_64B
        // Tables instead of a power function per sample: a tenth of the time, and at most one code
        // value of 255 different.
        parameters.allow_approximate_gamma = 1
        return parameters
    }

    private static func kernel(
        _ filter: ResamplingFilter
    ) -> (kind: zimg_resample_filter_e, a: Double, b: Double) {
        switch filter {
        case .lanczos3: (ZIMG_RESIZE_LANCZOS, 3, .nan)
        case .lanczos2: (ZIMG_RESIZE_LANCZOS, 2, .nan)
        case .bicubic: (ZIMG_RESIZE_BICUBIC, 0, 0.5)
        case .mitchell: (ZIMG_RESIZE_BICUBIC, 1.0 / 3, 1.0 / 3)
        case .spline36: (ZIMG_RESIZE_SPLINE36, .nan, .nan)
        case .bilinear: (ZIMG_RESIZE_BILINEAR, .nan, .nan)
        case .point: (ZIMG_RESIZE_POINT, .nan, .nan)
        }
    }

    private static func lastError() -> PixelError {
        var text = [CChar](repeating: 0, count: 256)
        let code = zimg_get_last_error(&text, text.count)
        let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        zimg_clear_last_error()
        return code == ZIMG_ERROR_OUT_OF_MEMORY
            ? .outOfMemory : .resamplerFailed(code: Int(code.rawValue), message: message)
    }

    /// The version of the linked zimg, such as `"3.0.4"`.
    package static var version: String {
        var (major, minor, micro): (UInt32, UInt32, UInt32) = (0, 0, 0)
        zimg_get_version_info(&major, &minor, &micro)
        return "\(major).\(minor).\(micro)"
    }
}
