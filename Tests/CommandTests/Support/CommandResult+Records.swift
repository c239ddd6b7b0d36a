import Foundation
import ImagePreparation
import TestSupport

extension CommandResult {
    /// The document written by `--json`.
    var report: PreparationReport {
        get throws { try JSONDecoder().decode(PreparationReport.self, from: output) }
    }

    /// The records written by `--ndjson`: one of the two for each line, none of them for the error
    /// of the command itself.
    var records: [(image: ImageRecord?, failure: FailureRecord?)] {
        get throws {
            try lines.map { line in
                let status = try JSONDecoder().decode(RecordStatus.self, from: Data(line.utf8)).status
                guard let status else { return (nil, nil) }
                return status == "failed"
                    ? (nil, try JSONDecoder().decode(FailureRecord.self, from: Data(line.utf8)))
                    : (try JSONDecoder().decode(ImageRecord.self, from: Data(line.utf8)), nil)
            }
        }
    }
}

private struct RecordStatus: Decodable { var status: String? }
