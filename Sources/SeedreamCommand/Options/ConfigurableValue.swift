import ArgumentParser
import SeedreamClient
import SeedreamModel

/// The value of an option that the configuration sets if the command line does not.
struct ConfigurableValue<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
    /// The value of the option, of the configuration, or else the built-in one.
    private(set) var value: Value
    /// Whether the command line has the option.
    let isGiven: Bool

    /// Creates a value that the configuration may replace.
    init(_ value: Value) { (self.value, isGiven) = (value, false) }

    init?(argument: String) {
        guard let value = Value(argument: argument) else { return nil }
        (self.value, isGiven) = (value, true)
    }

    /// Replaces the built-in value by a configured one.
    ///
    /// - Returns: `false`, without effect, if the command line has the option.
    mutating func configure(_ configured: Value) -> Bool {
        if !isGiven { value = configured }
        return !isGiven
    }

    // The help and the completions are those of an option without configuration.
    var defaultValueDescription: String { value.defaultValueDescription }
    static var allValueStrings: [String] { Value.allValueStrings }
    static var allValueDescriptions: [String: String] { Value.allValueDescriptions }
    static var defaultCompletionKind: CompletionKind { Value.defaultCompletionKind }
}

/// The values of options that neither the command line nor the configuration sets.
enum BuiltInValues {
    static let provider = ProviderID.fal
    static let output = "."
    static let parallel = 2
    static let parallelRange = 1...40
    static let sendImages = ImageSending.auto
}

/// A model for the requests to one provider, written as `fal=ID` or, for one kind of request,
/// `fal.edit=ID`.
struct ModelChoice: Hashable, Sendable {
    /// The configured models, for requests without a model of their own.
    @TaskLocal static var configured: [ModelChoice] = []

    var provider: ProviderID
    /// The kind of requests; `nil` for both.
    var operation: GenerationOperation?
    /// The provider's id of the model.
    var model: String

    init(_ provider: ProviderID, _ operation: GenerationOperation? = nil, model: String) {
        (self.provider, self.operation, self.model) = (provider, operation, model)
    }

    /// - Parameter text: The text of a choice, as ``text`` has it.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let words = parts.first?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
        guard parts.count == 2, let provider = words.first.flatMap(ProviderID.init(rawValue:)) else {
            return nil
        }
        self.init(provider, model: parts[1])
        if words.count == 2 {
            guard let operation = GenerationOperation(rawValue: words[1]) else { return nil }
            self.operation = operation
        }
    }

    /// The choice as text.
    var text: String { "\(provider.rawValue)\(operation.map { ".\($0.rawValue)" } ?? "")=\(model)" }
}

extension [ModelChoice] {
    /// Returns the model for a request. A choice for its kind precedes one for both kinds.
    func model(of provider: ProviderID, edits: Bool) -> String? {
        let choices = filter { $0.provider == provider }
        let operation: GenerationOperation = edits ? .edit : .generate
        return (choices.first { $0.operation == operation } ?? choices.first { $0.operation == nil })?.model
    }
}
