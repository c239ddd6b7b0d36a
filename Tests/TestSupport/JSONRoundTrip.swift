private import Foundation

/// Encodes values to JSON and decodes them again.
public enum JSONRoundTrip {
    /// Returns the value decoded from the encoding of `value`.
    public static func of<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
}
