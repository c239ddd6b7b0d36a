#if Emulator
import SeedreamModel
import SeedreamEmulator

/// A complete reply.
struct Reply {
    var status: Int
    /// In order of arrival; names as sent.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(parsing: body) }
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Returns the first header of that name, ignoring case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
#endif
