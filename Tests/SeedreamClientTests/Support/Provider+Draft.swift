import SeedreamClient
import SeedreamModel

extension Provider {
    /// A draft in which every image lies behind a URL: `https://cdn.example/1.jpg` and so on.
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

    /// The field that a request is refused for; `nil` if it is not.
    func refusedField(_ request: GenerationRequest) -> String? {
        do throws(RequestError) {
            _ = try draft(request)
            return nil
        } catch {
            return error.field
        }
    }

    /// The result of a synchronous provider.
    func finished(_ reply: HTTPReply, _ request: GenerationRequest = SampleImage.request()) throws
        -> GenerationResult?
    {
        let reply = try submitReply(
            reply, to: draft(request), in: RequestContext(endpoints: .standard(id)))
        if case .finished(let result) = reply { return result }
        return nil
    }

    /// The error that a reply to the paid request is.
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

    /// The fields that warnings are about, each with its kind.
    var warned: [String] { warnings.map { "\($0.field) \($0.code.rawValue)" } }
}
