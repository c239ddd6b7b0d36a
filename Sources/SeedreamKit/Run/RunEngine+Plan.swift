public import ImagePreparation
public import SeedreamClient
import SeedreamModel

/// What a row would do: nothing is sent or recorded, and no key is read.
public struct RowPlan: Sendable {
    /// Which row it is, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// The request as it would go out; `nil` where it would not.
    public var submission: SubmissionPlan?
    /// The job whose images are saved already, so that the run would skip the row.
    public var saved: JobRecord?
    /// What was made of the local inputs.
    public var images: [PreparedImage] = []
    /// Inputs that cannot be made valid.
    public var failed: [FailedInput] = []
    /// Inputs that the request has no room for.
    public var dropped: [DroppedInput] = []
    /// Why it would not be sent, if not for one of ``failed``.
    public var error: (any Error)?

    init(_ index: Int, _ label: String) { (self.index, self.label) = (index, label) }
}

extension RunEngine {
    /// Prepares a row, and says what would be sent for it.
    func plan(_ row: RowRequest, _ index: Int) async throws -> RowPlan {
        var plan = RowPlan(index, row.label)
        guard row.refusal == nil, let desk = desks[row.provider ?? main] else {
            plan.error = RefusedRowError(
                failure: row.refusal
                    ?? .init(code: "refused", message: "expected a provider of this run, found another"))
            return plan
        }
        do {
            let inputs = try await read(row, desk.preparer)
            plan.dropped = inputs.dropped
            if !options.buysEqual {
                let content = desk.key.content(of: row.request, inputs: inputs.digests)
                plan.saved = try await saved(content, row)
            }
            guard plan.saved == nil else { return plan }
            var request = row.request
            let ready = try await prepare(inputs, row, index, desk.preparer)
            (request.images, plan.images) = (ready.images, ready.prepared)
            plan.submission = try desk.client.planner.plan(request)
        } catch let failure as UnusableInputs {
            (plan.failed, plan.dropped, plan.error) = (failure.inputs, failure.dropped, failure.error)
        } catch let error where error is RequestError || error is BudgetError {
            plan.error = error
        }
        return plan
    }

    /// The job of this run that is saved for an equal row, if its files are there.
    private func saved(_ content: String, _ row: RowRequest) async throws -> JobRecord? {
        let part = if let id = row.id { "@\(id)" } else { "#\(await ordinals.next(content))" }
        let equal = try await ledger.jobs(withContent: content)
        let job = equal.first { $0.state == .saved && $0.row?.run == run.id && $0.row?.key == content + part }
        return try job.flatMap { try $0.hasFiles(verifying: options.verifiesFiles) ? $0 : nil }
    }
}
