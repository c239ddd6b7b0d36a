public import ImagePreparation
import Pixels
public import SeedreamModel

extension ReportRow {
    /// Makes the row of a prepared image.
    ///
    /// - Parameters:
    ///   - image: The prepared image. Its bytes are not kept.
    ///   - input: The input, which is read again when the report is written.
    ///   - path: The file it was written to. Default: `nil`, not written.
    ///   - makesThumbnail: Whether to make a thumbnail. Default: `true`. Use `false` for a row that
    ///     the report leaves out.
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

    /// Makes the row of an input that could not be prepared or written.
    public init(_ failure: FailureRecord, of input: ImageInput) {
        self.init(name: failure.name, state: .failed)
        before = [ReportImage(input)]
        self.failure = Failure(message: failure.error.message, hint: failure.error.hint)
    }

    /// Makes the row of an input whose output file existed and was left unchanged.
    ///
    /// The output file is read when the report is written.
    public init(_ skipped: SkippedRecord, of input: ImageInput) {
        self.init(name: skipped.name, state: .skipped)
        before = [ReportImage(input)]
        after = [ReportImage(.file(skipped.path))]
        notices = ["left unchanged: its file existed"]
    }

    /// Makes the row of an input beyond the number that one request takes.
    public init(_ dropped: DroppedInput, of input: ImageInput) {
        self.init(name: dropped.name, state: .skipped)
        before = [ReportImage(input)]
        notices = ["left out: one request takes no more images, and uses the last ones"]
    }

    /// Returns the action and its reasons in words, without duplicates.
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
    /// Makes the image of an input, linked if it is a file.
    fileprivate init(_ input: ImageInput) {
        self.init(name: input.name, path: input.filePath, content: .input(input))
    }
}
