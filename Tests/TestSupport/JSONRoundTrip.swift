private import Foundation

/// Values through JSON text and back.
public enum JSONRoundTrip {
    /// The value that is decoded from the encoding of `value`.
    public static func of<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
}
