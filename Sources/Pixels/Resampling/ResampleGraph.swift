private import CZimg

/// A zimg filter graph: resize, colour model and chroma subsampling in one pull pass over two plane buffers.
package final class ResampleGraph {
    private let graph: OpaquePointer
    /// Rows of the source that must be held at once, at least.
    package let inputRows: Int
    /// Rows of the result that may be written before they are reported, at most.
    package let outputRows: Int
    /// Bytes of scratch memory for one run.
    package let scratchBytes: Int

    private let source: PlaneFormat
    private let target: PlaneFormat

    /// Builds the graph.
    ///
    /// - Parameters:
    ///   - source: The source's format, sides padded to whole chroma samples.
    ///   - region: The part of the source that becomes the whole of `target`; may reach past its edges.
    ///   - target: The result's format, sides padded to whole chroma samples.
    package init(
        from source: PlaneFormat, region: PixelRegion, to target: PlaneFormat, filter: ResamplingFilter
    ) throws(PixelError) {
        var input = Self.imageFormat(source)
        var output = Self.imageFormat(target)
        input.active_region.left = region.left
        input.active_region.top = region.top
        input.active_region.width = region.width
        input.active_region.height = region.height
        var parameters = Self.parameters(filter)
        guard let graph = zimg_filter_graph_build(&input, &output, &parameters) else { throw Self.lastError() }
        var inputRows: UInt32 = 0
        var outputRows: UInt32 = 0
        var scratchBytes = 0
        guard zimg_filter_graph_get_input_buffering(graph, &inputRows) == ZIMG_ERROR_SUCCESS,
            zimg_filter_graph_get_output_buffering(graph, &outputRows) == ZIMG_ERROR_SUCCESS,
            zimg_filter_graph_get_tmp_size(graph, &scratchBytes) == ZIMG_ERROR_SUCCESS
        else {
            defer { zimg_filter_graph_free(graph) }
            throw Self.lastError()
        }
        self.graph = graph
        self.source = source
        self.target = target
        // ZIMG_BUFFER_MAX means that the graph wants the whole plane.
        self.inputRows = inputRows == czimg_whole_plane ? source.size.height : Int(inputRows)
        self.outputRows = outputRows == czimg_whole_plane ? target.size.height : Int(outputRows)
        self.scratchBytes = scratchBytes
    }

    deinit { zimg_filter_graph_free(graph) }

    /// Runs the graph once from the first row to the last.
    ///
    /// - Parameters:
    ///   - input: Called with the number of source rows (counted from the top) that must be in `sourceBuffer` now.
    ///   - output: Called with the number of result rows (counted from the top) that are complete.
    /// - Throws: What a callback threw, or ``PixelError``.
    package func run(
        from sourceBuffer: PlaneBuffer, to targetBuffer: PlaneBuffer,
        input: (Int) throws -> Void, output: (Int) throws -> Void
    ) throws {
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(scratchBytes, 64), alignment: 64)
        defer { scratch.deallocate() }
        var from = zimg_image_buffer_const()
        var to = zimg_image_buffer()
        from.version = czimg_api_version
        to.version = czimg_api_version
        Self.describe(sourceBuffer) { slot, plane, mask in
            czimg_set_input_plane(&from, slot, plane.base, plane.stride, mask)
        }
        Self.describe(targetBuffer) { slot, plane, mask in
            czimg_set_output_plane(&to, slot, plane.base, plane.stride, mask)
        }
        let inputStep = 1 << source.subsampling.verticalShift
        let outputStep = 1 << target.subsampling.verticalShift
        try withoutActuallyEscaping(input) { input in
            try withoutActuallyEscaping(output) { output in
                let callbacks = Callbacks(
                    input: { try input($0 + inputStep) }, output: { try output($0 + outputStep) })
                let context = Unmanaged.passUnretained(callbacks).toOpaque()
                let code = zimg_filter_graph_process(
                    graph, &from, &to, scratch,
                    { context, row, _, _ in Callbacks.call(context, row, \.input) }, context,
                    { context, row, _, _ in Callbacks.call(context, row, \.output) }, context)
                callbacks.clear()
                if let failure = callbacks.failure { throw failure }
                if code != ZIMG_ERROR_SUCCESS { throw Self.lastError() }
            }
        }
    }

    /// The two closures of one run, and the first error that one of them threw.
    private final class Callbacks {
        var input: ((Int) throws -> Void)?
        var output: ((Int) throws -> Void)?
        var failure: (any Error)?

        init(input: @escaping (Int) throws -> Void, output: @escaping (Int) throws -> Void) {
            self.input = input
            self.output = output
        }

        func clear() {
            input = nil
            output = nil
        }

        static func call(
            _ context: UnsafeMutableRawPointer?, _ row: UInt32,
            _ callback: KeyPath<Callbacks, ((Int) throws -> Void)?>
        ) -> Int32 {
            guard let context else { return 1 }
            let callbacks = Unmanaged<Callbacks>.fromOpaque(context).takeUnretainedValue()
            do {
                try callbacks[keyPath: callback]?(Int(row))
                return 0
            } catch {
                callbacks.failure = error
                return 1
            }
        }
    }

    /// zimg's plane slots: colour in 0...2, alpha always in 3.
    private static func describe(
        _ buffer: PlaneBuffer, _ body: (_ slot: Int32, _ plane: PlaneBuffer.Plane, _ mask: UInt32) -> Void
    ) {
        for (index, plane) in buffer.planes.enumerated() {
            let isAlpha = buffer.format.hasAlpha && index == buffer.planes.count - 1
            body(isAlpha ? 3 : Int32(index), plane, plane.mask == Int.max ? czimg_whole_plane : UInt32(plane.mask))
        }
    }

    private static func imageFormat(_ format: PlaneFormat) -> zimg_image_format {
        var image = zimg_image_format()
        zimg_image_format_default(&image, czimg_api_version)
        image.width = UInt32(format.size.width)
        image.height = UInt32(format.size.height)
        image.pixel_type = ZIMG_PIXEL_BYTE
        image.depth = 8
        image.pixel_range = ZIMG_RANGE_FULL
        image.subsample_w = UInt32(format.subsampling.horizontalShift)
        image.subsample_h = UInt32(format.subsampling.verticalShift)
        image.chroma_location = ZIMG_CHROMA_CENTER
        image.alpha = format.hasAlpha ? ZIMG_ALPHA_STRAIGHT : ZIMG_ALPHA_NONE
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

    private static func parameters(_ filter: ResamplingFilter) -> zimg_graph_builder_params {
        var parameters = zimg_graph_builder_params()
        zimg_graph_builder_params_default(&parameters, czimg_api_version)
        let (kernel, a, b): (zimg_resample_filter_e, Double, Double) =
            switch filter {
            case .lanczos3: (ZIMG_RESIZE_LANCZOS, 3, .nan)
            case .lanczos2: (ZIMG_RESIZE_LANCZOS, 2, .nan)
            case .bicubic: (ZIMG_RESIZE_BICUBIC, 0, 0.5)
            case .mitchell: (ZIMG_RESIZE_BICUBIC, 1.0 / 3, 1.0 / 3)
            case .spline36: (ZIMG_RESIZE_SPLINE36, .nan, .nan)
            case .bilinear: (ZIMG_RESIZE_BILINEAR, .nan, .nan)
            case .point: (ZIMG_RESIZE_POINT, .nan, .nan)
            }
        parameters.resample_filter = kernel
        parameters.filter_param_a = a
        parameters.filter_param_b = b
        parameters.resample_filter_uv = kernel
        parameters.filter_param_a_uv = a
        parameters.filter_param_b_uv = b
        parameters.cpu_type = ZIMG_CPU_AUTO_64B
        return parameters
    }

    private static func lastError() -> PixelError {
        var text = [CChar](repeating: 0, count: 256)
        let code = zimg_get_last_error(&text, text.count)
        let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        zimg_clear_last_error()
        return code == ZIMG_ERROR_OUT_OF_MEMORY
            ? .outOfMemory : .resamplerFailed(code: Int(code.rawValue), message: message)
    }

    /// The linked zimg's version, as `"3.0.4"`.
    package static var version: String {
        var (major, minor, micro): (UInt32, UInt32, UInt32) = (0, 0, 0)
        zimg_get_version_info(&major, &minor, &micro)
        return "\(major).\(minor).\(micro)"
    }
}
