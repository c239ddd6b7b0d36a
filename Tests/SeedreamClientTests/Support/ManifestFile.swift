import Foundation
import SeedreamKit
import TestSupport
import Testing

/// A manifest in a temporary folder, and the results of reading it.
struct ManifestFile {
    let folder: TemporaryFolder
    let path: String

    init(_ bytes: some Sequence<UInt8>, named name: String = "jobs.jsonl") throws {
        folder = try TemporaryFolder()
        path = try folder.write(bytes, as: name)
    }

    init(_ text: String, named name: String = "jobs.jsonl") throws { try self.init(text.utf8, named: name) }

    /// Returns all records.
    func records() throws -> [ManifestRecord] {
        let reader = try ManifestReader(path)
        var records: [ManifestRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    /// Returns the rows; a failed row is an issue of the test.
    func rows(sourceLocation: SourceLocation = #_sourceLocation) throws -> [ManifestRow] {
        try records().compactMap { record in
            switch record {
            case .row(let row): return row
            case .failure(let failure):
                Issue.record("\(failure)", sourceLocation: sourceLocation)
                return nil
            }
        }
    }

    /// Returns the only failed row.
    func failure(sourceLocation: SourceLocation = #_sourceLocation) throws -> ManifestFailure {
        let failures = try records().compactMap { record in
            if case .failure(let failure) = record { failure } else { nil }
        }
        try #require(failures.count == 1, "\(failures)", sourceLocation: sourceLocation)
        return failures[0]
    }
}
