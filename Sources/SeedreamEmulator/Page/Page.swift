/// The page at `/`, made anew at each call.
struct Page: Sendable {
    let requests: [RecordedRequest]
    let entries: [LedgerEntry]
    let faults: JSONValue

    var html: String { "<p>soon</p>" }
}
