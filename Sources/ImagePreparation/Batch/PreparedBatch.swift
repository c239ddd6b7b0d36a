public import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The prepared images of one request.
public struct PreparedBatch: Hashable, Sendable {
    /// The images ready to send, in input order.
    public var images: [PreparedImage]
    /// The inputs that could not be prepared, in input order.
    public var failed: [FailedInput]
    /// The inputs dropped because one request has no room for them, in input order.
    public var dropped: [DroppedInput]

    /// Creates a batch, for example in a test.
    public init(images: [PreparedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }

    /// The total encoded size of all images in bytes.
    public var byteCount: Int { images.reduce(0) { $0 + $1.bytes.count } }
    /// The total length of all data URIs in characters.
    public var dataURILength: Int { images.reduce(0) { $0 + $1.dataURI.length } }
}

/// The outcome for one input.
public enum PreparationOutcome: Hashable, Sendable {
    /// The image is ready to send.
    case prepared(PreparedImage)
    /// The input cannot be prepared.
    case failed(FailedInput)
}

extension PreparationOutcome {
    /// The index of the input, from 0.
    public var index: Int {
        switch self {
        case .prepared(let image): image.index
        case .failed(let input): input.index
        }
    }
}

extension PreparedBatch {
    mutating func add(_ outcome: PreparationOutcome) {
        switch outcome {
        case .prepared(let image): images.append(image)
        case .failed(let input): failed.append(input)
        }
    }
}

/// The error thrown if inputs of a request cannot be prepared. It lists every failed input.
public struct PreparationFailure: Error, Hashable, Sendable {
    /// The failed inputs, at least one, in input order.
    public var inputs: [FailedInput]

    /// Creates a failure of at least one input.
    public init(inputs: [FailedInput]) { self.inputs = inputs }
}

extension PreparationFailure: CustomStringConvertible {
    /// One line per input.
    public var description: String {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "\n")
    }
}

extension PreparationFailure: LocalizedError {
    /// Each input with its message, all on one line.
    public var errorDescription: String? {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "; ")
    }
    /// The advice for the first input.
    public var recoverySuggestion: String? { inputs.first?.hint }
}
