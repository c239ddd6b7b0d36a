/// What a test's own helper expected and did not find.
struct FalTestFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
