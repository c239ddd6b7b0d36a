import Foundation
import Pixels
import SeedreamClient
import SeedreamModel

/// Jobs for ledgers.
enum SampleJob {
    /// Returns a job that is about to be sent.
    static func submitting(_ id: String = UUID().uuidString.lowercased(), created: Double = 1_763_700_000)
        -> JobRecord
    {
        JobRecord(
            id: id, provider: .fal, model: "fal-ai/bytedance/seedream/v4/edit", operation: .edit,
            prompt: "put the dog in a hat, \"please\" 🐕",
            created: created,
            inputs: [
                InputProvenance(
                    index: 0, name: "photos/dog.jpg", sha256: String(repeating: "a", count: 64),
                    action: .transcode, reasons: [.rotated], size: PixelSize(width: 3024, height: 4032))
            ], maximumOutputs: 2,
            estimate: Price(amount: 0.03, unit: .usDollars, date: "2026-11-21", source: "page"))
    }

    /// Returns a job with images at the URLs, to be saved in a folder.
    static func finished(
        _ images: [GeneratedImage], in folder: String, template: String = Destination.defaultTemplate,
        request: String = "764cabcf-b745"
    ) -> JobRecord {
        var job = submitting()
        job.state = .finished
        job.ticket = JobTicket(requestID: request, model: job.model)
        var usage = Usage()
        usage.billableUnits = 2
        job.result = GenerationResult(images: images, seed: 42, requestID: request, usage: usage)
        job.destination = Destination(folder: folder, template: template)
        return job
    }
}
