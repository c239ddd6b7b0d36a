import HTTPTypes

extension HTTPFields {
    /// Sets a field that the library has no name for; a name that no field can have sets none.
    mutating func put(_ value: String, as name: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
