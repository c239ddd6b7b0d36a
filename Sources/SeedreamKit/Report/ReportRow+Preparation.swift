public import ImagePreparation
import Pixels
public import SeedreamModel

extension ReportRow {
    /// The row of an image that was prepared.
    ///
    /// - Parameters:
    ///   - image: What preparation made. Its bytes are not kept.
    ///   - input: What it was made of, which is read again when the report is written.
    ///   - path: Where it was written. Default: `nil`, for nowhere.
    ///   - makesThumbnail: Whether the image is shown. Default: `true`; `false` for a row that a
    ///     report leaves out.
    /// - Throws: `CancellationError`.
    @concurrent public init(
        _ image: PreparedImage, of input: ImageInput, path: String? = nil, makesThumbnail: Bool = true
    ) async throws {
        self.init(name: image.source.name, state: .done)
        before = [ReportImage(input)]
        var result = ReportImage(
            name: path ?? image.source.name, path: path, content: .absent("No thumbnail"))
        (result.size, result.byteCount) = (image.size, image.bytes.count)
        result.format = image.mediaType.rawValue
        if makesThumbnail {
            do {
                result.content = .thumbnail(try await Thumbnail(of: image))
            } catch let failure as PreparationFailure {
                result.content = .absent("No thumbnail: \(failure.inputs.first?.message ?? "\(failure)")")
            }
        }
        after = [result]
        reasons = Self.words(image.action, image.reasons)
        notices = image.notices.map(\.message)
    }

    /// The row of an input that could not be prepared, or could not be written.
    public init(_ failure: FailureRecord, of input: ImageInput) {
        self.init(name: failure.name, state: .failed)
        before = [ReportImage(input)]
        self.failure = Failure(message: failure.error.message, hint: failure.error.hint)
    }

    /// The row of an input whose file was there, and stayed as it was.
    ///
    /// The file is read when the report is written.
    public init(_ skipped: SkippedRecord, of input: ImageInput) {
        self.init(name: skipped.name, state: .skipped)
        before = [ReportImage(input)]
        after = [ReportImage(.file(skipped.path))]
        notices = ["left as it was: its file was there"]
    }

    /// The row of an input that one request has no room for.
    public init(_ dropped: DroppedInput, of input: ImageInput) {
        self.init(name: dropped.name, state: .skipped)
        before = [ReportImage(input)]
        notices = ["left out: one request takes no more images, and the last ones are used"]
    }

    /// What was done and why, in words; each once.
    static func words(_ action: Action, _ reasons: [Reason]) -> [String] {
        var words: [String] = action == .passThrough ? ["pixels untouched"] : []
        for reason in reasons {
            let word =
                reason == .rotated && action == .turn ? "\(reason.phrase) without loss" : reason.phrase
            if !words.contains(word) { words.append(word) }
        }
        return words
    }
}

extension ReportImage {
    /// An input as its caller holds it. A click opens it if it is a file.
    fileprivate init(_ input: ImageInput) {
        self.init(name: input.name, path: input.filePath, content: .input(input))
    }
}
