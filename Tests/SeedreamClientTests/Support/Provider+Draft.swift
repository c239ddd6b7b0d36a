import SeedreamClient
import SeedreamModel

extension Provider {
    /// Returns a draft whose images are all given by URL: `https://cdn.example/1.jpg` and so on.
    func draft(
        _ request: GenerationRequest, isLenient: Bool = false, options: ProviderOptions = ProviderOptions()
    ) throws(RequestError) -> RequestDraft {
        let images = request.images.indices.map {
            ImageReference.url("https://cdn.example/\($0 + 1).jpg")
        }
        return try draft(
            request, images: images,
            in: RequestContext(endpoints: .standard(id), options: options, isLenient: isLenient))
    }

    /// Returns the field that causes a refusal; `nil` if the request is not refused.
    func refusedField(_ request: GenerationRequest) -> String? {
        do throws(RequestError) {
            _ = try draft(request)
            return nil
        } catch {
            return error.field
        }
    }

    /// Returns the result of a synchronous provider.
    func finished(_ reply: HTTPReply, _ request: GenerationRequest = SampleImage.request()) throws
        -> GenerationResult?
    {
        let reply = try submitReply(
            reply, to: draft(request), in: RequestContext(endpoints: .standard(id)))
        if case .finished(let result) = reply { return result }
        return nil
    }

    /// Returns the error for a reply to the paid request.
    func refusal(_ reply: HTTPReply, _ request: GenerationRequest = SampleImage.request()) throws
        -> ClientError?
    {
        let draft = try draft(request)
        do throws(ClientError) {
            _ = try submitReply(reply, to: draft, in: RequestContext(endpoints: .standard(id)))
            return nil
        } catch {
            return error
        }
    }
}

extension RequestDraft {
    /// The body as a provider parses it.
    var sent: JSONValue {
        get throws {
            var reader = body.body.makeReader()
            var bytes: [UInt8] = []
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
            defer { buffer.deallocate() }
            while case let count = reader.read(into: buffer), count > 0 { bytes += buffer[..<count] }
            return try JSONValue(parsing: bytes)
        }
    }

    /// The fields with warnings, each with the warning's code.
    var warned: [String] { warnings.map { "\($0.field) \($0.code.rawValue)" } }
}
