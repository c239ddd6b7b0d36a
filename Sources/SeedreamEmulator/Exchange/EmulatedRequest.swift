/// A request as a provider's code sees it.
struct EmulatedRequest: Sendable {
    var service: Service
    var origin: Origin
    /// Upper case.
    var method: String
    /// The segments of the path behind the service's prefix, percent-decoded.
    var path: [String]
    /// In the order they came, percent-decoded.
    var query: [(name: String, value: String)]
    /// In the order they came.
    var headers: [(name: String, value: String)]
    var body: [UInt8] = []
    /// Its number in the log.
    var logNumber = 0
    /// What the fault rules have in store for the job, if one is made of this.
    var fate = JobFate.normal

    /// The first header of that name, in any case of letters.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first query parameter of that name.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The credential behind the scheme in `Authorization`; the scheme in any case of letters.
    func credential(scheme: String) -> String? {
        guard let value = header("authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == scheme.lowercased() else { return nil }
        let key = String(parts[1])
        return key.isEmpty ? nil : key
    }
}
