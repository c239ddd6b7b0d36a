/// Why a workload cannot be measured.
public enum WorkloadError: Error, Hashable, Sendable {
    /// A photograph of `fixtures/photos` has no metadata before its first table.
    case noMetadata(path: String)
    /// Preparation did something else than what the workload's name says.
    case otherWork(expected: String, found: String)
}

extension WorkloadError: CustomStringConvertible {
    /// One line: expected, found.
    public var description: String {
        switch self {
        case .noMetadata(let path): "\(path) has no metadata to copy"
        case .otherWork(let expected, let found): "expected the work to be \(expected), found \(found)"
        }
    }
}
