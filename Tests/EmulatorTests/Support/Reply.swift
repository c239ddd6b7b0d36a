#if Emulator
import SeedreamModel
import SeedreamEmulator

/// An answer, whole.
struct Reply {
    var status: Int
    /// In the order they came; names as sent.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(parsing: body) }
    }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The first header of that name, in any case of letters.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
#endif
