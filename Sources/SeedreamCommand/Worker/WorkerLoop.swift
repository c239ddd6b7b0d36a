import SeedreamKit
import SeedreamModel

/// Reads rows, has them prepared or sent, and answers each.
struct WorkerLoop: Sendable {
    let reader: ManifestReader
    let answers: WorkerAnswers
    let stop: WorkerStop
    let preparing: RowPreparer
    #if Client
    let edits: EditRows
    #endif

    /// Works until the input ends or the worker is stopped; then all rows that were read are
    /// answered.
    func run() async {
        let reader = reader
        stop.onRequest { reader.stop() }
        #if Client
        let edits = edits
        let sending = Task { await edits.drive() }
        // A request that is in flight is recorded, and its job stays open in the ledger.
        stop.onRequest { sending.cancel() }
        #endif
        do {
            try await readRows()
        } catch {
            stop.request(.failed(error))
        }
        #if Client
        edits.finish()
        await sending.value
        #endif
    }

    private func readRows() async throws(ManifestError) {
        let result: Result<Void, ManifestError> = await withDiscardingTaskGroup { group in
            do throws(ManifestError) {
                while stop.reason == nil, await answers.waitForRoom() {
                    guard stop.reason == nil, let record = try await reader.nextRecord() else {
                        answers.giveBack()
                        break
                    }
                    await begin(record, in: &group)
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func begin(_ record: ManifestRecord, in group: inout DiscardingTaskGroup) async {
        switch record {
        case .failure(let failure):
            answers.finish(await answers.begin(length: 0), RowDocument(failure))
        case .row(let row):
            let number = await answers.begin(length: row.images.reduce(0) { $0 + $1.utf8.count })
            switch row.operation {
            case .prep:
                group.addTask { answers.finish(number, await preparing.document(of: row)) }
            case .edit:
                #if Client
                edits.add(row, number: number)
                #else
                var document = RowDocument(row, state: .failed)
                document.operation = .edit
                document.error = RowFailure(
                    category: LocalErrorCategory.configuration.rawValue,
                    message: "this seedream was built without the provider client",
                    hint: "build it with its default traits")
                answers.finish(number, document)
                #endif
            }
        }
    }
}
