public import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The images of one request.
public struct PreparedBatch: Hashable, Sendable {
    /// What is ready to be sent, in input order.
    public var images: [PreparedImage]
    /// What could not be prepared, in input order.
    public var failed: [FailedInput]
    /// What one request has no room for, in input order.
    public var dropped: [DroppedInput]

    /// Makes a batch, for instance to test what is done with one.
    public init(images: [PreparedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }

    /// Encoded bytes of all images.
    public var byteCount: Int { images.reduce(0) { $0 + $1.bytes.count } }
    /// Characters of all data URIs.
    public var dataURILength: Int { images.reduce(0) { $0 + $1.dataURI.length } }
}

/// What became of one input.
public enum PreparationOutcome: Hashable, Sendable {
    /// It is ready to be sent.
    case prepared(PreparedImage)
    /// It cannot be prepared.
    case failed(FailedInput)
}

extension PreparationOutcome {
    /// Which input it is, from 0.
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

/// Thrown when a request would go out short of an image. Names every input that failed.
public struct PreparationFailure: Error, Hashable, Sendable {
    /// At least one, in input order.
    public var inputs: [FailedInput]

    /// Makes a failure of at least one input.
    public init(inputs: [FailedInput]) { self.inputs = inputs }
}

extension PreparationFailure: CustomStringConvertible {
    /// One line for each input.
    public var description: String {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "\n")
    }
}

extension PreparationFailure: LocalizedError {
    /// Each input with its line, all on one line.
    public var errorDescription: String? {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "; ")
    }
    /// What to do about the first input.
    public var recoverySuggestion: String? { inputs.first?.hint }
}
