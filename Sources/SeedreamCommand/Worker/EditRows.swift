#if Client
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// The rows of a worker that are sent to a provider, as one run.
///
/// The ledger is opened for the first of them, so that a worker that only prepares needs none.
final class EditRows: Sendable {
    private struct State {
        var waiting: [ManifestRow] = []
        var reader: CheckedContinuation<ManifestRow?, Never>?
        var isClosed = false
        /// The numbers of the rows that are not answered, by id.
        var numbers: [String: Int] = [:]
    }

    /// Sends the rows that `next` returns.
    typealias Send =
        @Sendable (
            _ next: @escaping @Sendable () async -> ManifestRow?,
            _ deliver: (RowDocument) -> Void
        ) async throws -> RunStop?

    private let answers: WorkerAnswers
    private let stop: WorkerStop
    private let send: Send
    private let state = Mutex(State())

    init(_ answers: WorkerAnswers, stop: WorkerStop, send: @escaping Send) {
        (self.answers, self.stop, self.send) = (answers, stop, send)
    }

    /// Adds a row, which is answered under its number.
    func add(_ row: ManifestRow, number: Int) {
        let (reader, isClosed) = state.withLock { state in
            if state.isClosed { return (nil as CheckedContinuation<ManifestRow?, Never>?, true) }
            state.numbers[row.id] = number
            let reader = state.reader
            if reader == nil { state.waiting.append(row) }
            state.reader = nil
            return (reader, false)
        }
        reader?.resume(returning: row)
        if isClosed { answers.finish(number, Self.waiting(row)) }
    }

    /// Ends the input.
    func finish() {
        let reader = state.withLock { state in
            state.isClosed = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Sends all rows until the input ends or the task is cancelled, and answers each.
    func drive() async {
        if let first = await next() { await sendAll(from: first) }
        // Nothing was sent for the rows that are left.
        finish()
        let left = state.withLock { state in
            defer { (state.waiting, state.numbers) = ([], [:]) }
            return state.numbers
        }
        for (id, number) in left {
            var document = RowDocument(id: id, state: .waiting)
            document.operation = .edit
            answers.finish(number, document)
        }
    }

    private func sendAll(from first: ManifestRow) async {
        do {
            let begun = Mutex<ManifestRow?>(first)
            let reason = try await send(
                {
                    if let row = begun.withLock({ $0.take() }) { return row }
                    return await self.next()
                },
                { document in
                    var document = document
                    document.operation = .edit
                    self.answer(document)
                })
            if let reason { stop.request(.failed(reason)) }
        } catch is CancellationError {
        } catch {
            stop.request(.failed(error))
        }
    }

    private static func waiting(_ row: ManifestRow) -> RowDocument {
        var document = RowDocument(row)
        document.operation = .edit
        return document
    }

    private func answer(_ document: RowDocument) {
        guard let id = document.id, let number = state.withLock({ $0.numbers.removeValue(forKey: id) }) else {
            return
        }
        answers.finish(number, document)
    }

    private func next() async -> ManifestRow? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let row: ManifestRow?? = state.withLock { state in
                    if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    state.reader = continuation
                    return nil
                }
                if let row { continuation.resume(returning: row) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}
#endif
