import ImageCodecs
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// The images of a row: read once for their digests, and made valid where they are not passed on.
extension RunEngine {
    /// The inputs that a request uses, read.
    struct ReadInputs: Sendable {
        /// In order.
        var used: [RowRequest.Input] = []
        /// Of each input's own bytes, or the URL that is passed on.
        var digests: [String] = []
        /// What the request has no room for.
        var dropped: [DroppedInput] = []
    }

    /// The images of a request, ready to be sent.
    struct ReadyImages: Sendable {
        /// In order, URLs that are passed on among them.
        var images: [RequestImage]
        /// Those that were made valid.
        var prepared: [PreparedImage]
    }

    /// Inputs that cannot be used, and so a row that is not sent.
    struct UnusableInputs: Error {
        var inputs: [FailedInput]
        var dropped: [DroppedInput] = []
        /// What is wrong with all of them together.
        var error: PreparationError?
    }

    /// Takes the digest of each input, and fetches what is to be fetched.
    func read(_ row: RowRequest, _ preparer: ImagePreparer) async throws -> ReadInputs {
        let limits = preparer.options.limits
        let range: Range<Int>
        do throws(PreparationError) {
            range = try preparer.used(of: row.inputs.count)
        } catch {
            throw UnusableInputs(inputs: [], error: error)
        }
        var inputs = ReadInputs()
        // What a request has no room for is not read.
        inputs.dropped = (0..<range.lowerBound).map { DroppedInput(index: $0, name: row.inputs[$0].name) }
        var failed: [FailedInput] = []
        for index in range {
            try Task.checkCancellation()
            let position = index - range.lowerBound + 1
            let local: ImageInput
            switch row.inputs[index] {
            case .remote(let url):
                inputs.used.append(row.inputs[index])
                inputs.digests.append(url)
                continue
            case .local(let image): local = image
            case .fetched(let url):
                do {
                    let bytes = try await fetcher.bytes(url, .input(maximumBytes: limits.maximumInputBytes))
                    local = .bytes(bytes, name: row.inputs[index].name)
                } catch let error as FetchError {
                    failed.append(
                        FailedInput(
                            index: index, position: position, name: url, code: .unreadableInput,
                            message: "\(error)", hint: error.hint))
                    continue
                }
            }
            do throws(PreparationError) {
                inputs.digests.append(try local.sha256(limits: limits))
                inputs.used.append(.local(local))
            } catch {
                // Reading standard input ends early if the task is cancelled.
                try Task.checkCancellation()
                failed.append(FailedInput(index: index, position: position, name: local.name, error: error))
            }
        }
        guard failed.isEmpty else { throw UnusableInputs(inputs: failed, dropped: inputs.dropped) }
        return inputs
    }

    /// Makes the local images of a request valid, and puts URLs that are passed on between them.
    ///
    /// - Throws: ``UnusableInputs``, `CancellationError`.
    func prepare(_ inputs: ReadInputs, _ row: RowRequest, _ index: Int, _ preparer: ImagePreparer)
        async throws -> ReadyImages
    {
        let places = inputs.used.map { if case .local(let image) = $0 { image } else { nil as ImageInput? } }
        let batch = try await preparer.prepare(
            places, from: inputs.dropped.count, failures: .collect,
            reportingTo: reporter?.preparation(index, row.label))
        guard batch.failed.isEmpty else {
            throw UnusableInputs(inputs: batch.failed, dropped: inputs.dropped)
        }
        reporter?.report(
            SessionEvent(
                index: index, label: row.label, kind: .prepared(batch.images, dropped: inputs.dropped)))
        var ready = batch.images.makeIterator()
        let images = inputs.used.compactMap { input in
            if case .remote(let url) = input {
                RequestImage.remote(url)
            } else {
                ready.next().map { .prepared($0) }
            }
        }
        return ReadyImages(images: images, prepared: batch.images)
    }
}
