public import ImagePreparation
public import SeedreamClient
import SeedreamModel

/// The plan of a row. Planning sends and records nothing, and reads no key.
public struct RowPlan: Sendable {
    /// The index of the row, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// The request as it would be sent; `nil` if it would not be sent.
    public var submission: SubmissionPlan?
    /// The saved job because of which the run would skip the row.
    public var saved: JobRecord?
    /// The prepared local inputs.
    public var images: [PreparedImage] = []
    /// Inputs that cannot be made valid.
    public var failed: [FailedInput] = []
    /// Inputs beyond the number that one request takes.
    public var dropped: [DroppedInput] = []
    /// The reason why the row would not be sent, unless it is one of ``failed``.
    public var error: (any Error)?

    init(_ index: Int, _ label: String) { (self.index, self.label) = (index, label) }
}

extension RunEngine {
    /// Prepares a row and returns its plan.
    func plan(_ row: RowRequest, _ index: Int) async throws -> RowPlan {
        var plan = RowPlan(index, row.label)
        guard row.refusal == nil, let context = contexts[row.provider ?? main] else {
            plan.error = RefusedRowError(
                failure: row.refusal
                    ?? .init(code: "refused", message: "expected a provider of this run, found another"))
            return plan
        }
        do {
            let inputs = try await read(row, context.preparer(for: row.request))
            plan.dropped = inputs.dropped
            if !options.buysEqual {
                let content = context.key.content(of: row.request, inputs: inputs.digests)
                plan.saved = try await saved(content, row)
            }
            guard plan.saved == nil else { return plan }
            var request = row.request
            let ready = try await prepare(inputs, row, index, context.preparer(for: row.request))
            (request.images, plan.images) = (ready.images, ready.prepared)
            plan.submission = try context.client.planner.plan(request)
        } catch let failure as UnusableInputs {
            (plan.failed, plan.dropped, plan.error) = (failure.inputs, failure.dropped, failure.error)
        } catch let error where error is RequestError || error is BudgetError {
            plan.error = error
        }
        return plan
    }

    /// Returns the saved job of this run for an equal row, if its files exist.
    private func saved(_ content: String, _ row: RowRequest) async throws -> JobRecord? {
        let part = if let id = row.id { "@\(id)" } else { "#\(await ordinals.next(content))" }
        let equal = try await ledger.jobs(withContent: content)
        let job = equal.first { $0.state == .saved && $0.row?.run == run.id && $0.row?.key == content + part }
        return try job.flatMap { try $0.hasFiles(verifying: options.verifiesFiles) ? $0 : nil }
    }
}
