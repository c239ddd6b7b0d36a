#if Client
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// What `--dry-run` shows: what is done to the pictures, the request with its payloads left out, and what it would cost.
struct PlanReport: Encodable {
    var schema = 1
    var request: SubmissionPlan
    var preparation: PreparationReport?

    init(_ request: SubmissionPlan, preparation: PreparationReport?) {
        self.request = request
        self.preparation = preparation
    }

    func show(json: Bool) throws {
        if json { return try Terminal.print(JSON.document(self)) }
        if let preparation, !preparation.images.isEmpty {
            for line in ImageTable.lines(images: preparation.images, failed: [], numbersInputs: false) {
                try Terminal.print(line)
            }
            try Terminal.print("")
        }
        try Terminal.print("POST \(request.url)")
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            try Terminal.print("\(name): \(value)")
        }
        try Terminal.print("")
        try Terminal.print(JSON.document(request.body))
        try Terminal.print("")
        for line in facts { try Terminal.print(line) }
        for warning in request.warnings { Diagnostics().note(warning.message) }
    }

    private var facts: [String] {
        var lines = ["body of \(request.bodyBytes.formattedBytes), sent once"]
        if request.uploads > 0 {
            lines[0] +=
                "; \(request.uploads) \(request.uploads == 1 ? "picture is" : "pictures are") uploaded before"
        }
        let least = request.minimumOutputs
        let most = request.maximumOutputs
        let size = request.predictedSize.map { " of \($0)" } ?? ""
        lines.append(
            "\(least == most ? "\(most)" : "\(least) to \(most)") \(most == 1 ? "picture" : "pictures")\(size) from \(request.model)"
        )
        if let price = request.price, let worst = request.worstCost {
            let source = price.date.isEmpty ? price.source : "\(price.source), \(price.date)"
            lines.append(
                "costs at most \(worst.formattedShortly) \(price.unit.rawValue), at \(price.text) a picture (\(source))"
            )
        } else {
            lines.append("no price is known for \(request.provider.displayName)")
        }
        lines.append("nothing was sent, no key was read")
        return lines
    }
}
#endif
