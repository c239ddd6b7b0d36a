import ImageCodecs
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// Reads the images of a row once for their digests, and prepares those that are not passed on as
/// URLs.
extension RunEngine {
    /// The inputs that a request uses, after reading.
    struct ReadInputs: Sendable {
        /// The inputs, in order.
        var used: [RowRequest.Input] = []
        /// The digest of each input's encoded bytes, or the URL that is passed on.
        var digests: [String] = []
        /// Inputs beyond the number that one request takes.
        var dropped: [DroppedInput] = []
    }

    /// The images of a request, ready to send.
    struct ReadyImages: Sendable {
        /// The images in order, including URLs that are passed on.
        var images: [RequestImage]
        /// The prepared local images.
        var prepared: [PreparedImage]
    }

    /// The row cannot be sent, because inputs are unusable.
    struct UnusableInputs: Error {
        var inputs: [FailedInput]
        var dropped: [DroppedInput] = []
        /// An error about the inputs as a whole.
        var error: PreparationError?
    }

    /// Computes the digest of each input, and downloads the URLs that are not passed on.
    func read(_ row: RowRequest, _ preparer: ImagePreparer) async throws -> ReadInputs {
        let limits = preparer.options.limits
        let range: Range<Int>
        do throws(PreparationError) {
            range = try preparer.used(of: row.inputs.count)
        } catch {
            throw UnusableInputs(inputs: [], error: error)
        }
        var inputs = ReadInputs()
        // Dropped inputs are not read.
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
                    let bytes = try await fetcher.bytes(
                        url,
                        .input(
                            url, maximumBytes: limits.maximumInputBytes, allowing: options.privateHosts))
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
                // Cancelling the task ends a read of standard input early.
                try Task.checkCancellation()
                failed.append(FailedInput(index: index, position: position, name: local.name, error: error))
            }
        }
        guard failed.isEmpty else { throw UnusableInputs(inputs: failed, dropped: inputs.dropped) }
        return inputs
    }

    /// Prepares the local images of a request, and returns them in order with the URLs that are
    /// passed on.
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
