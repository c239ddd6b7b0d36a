#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What to do about a failure: one line, in which settings and calls of this library are values.
///
/// A program that has names of its own for them says the same sentence with those:
///
/// ```swift
/// error.remedy.text(in: .library)      // "crop the image, or set `fit = .pad`"
/// error.remedy.text(in: myProgram)     // "crop the image, or choose \"Add bands\" in the menu"
/// ```
public struct Remedy: Hashable, Sendable {
    /// A piece of the sentence.
    public enum Part: Hashable, Sendable {
        /// Words that every program says.
        case words(String)
        /// The verb that goes with a setting, as "set".
        case verb
        /// A setting, by itself or with the value to give it.
        case setting(Setting)
        /// Something to call.
        case action(Action)
    }

    /// How a program calls settings and actions.
    public struct Wording: Sendable {
        private let name: @Sendable (Part) -> String

        /// Makes a wording.
        ///
        /// - Parameter name: Returns the text for a part that is not ``Remedy/Part/words(_:)``.
        public init(_ name: @escaping @Sendable (Part) -> String) { self.name = name }

        func text(of part: Part) -> String {
            if case .words(let text) = part { text } else { name(part) }
        }
    }

    /// The wording of each `hint` that the current task reads: ``Wording/library`` by default.
    ///
    /// A program that has names of its own sets it once around all that it does, with
    /// `Remedy.$wording.withValue(_:)`.
    @TaskLocal public static var wording = Wording.library

    /// The pieces, in order.
    public var parts: [Part]

    /// Makes a remedy of words alone.
    public init(_ words: String) { parts = words.isEmpty ? [] : [.words(words)] }

    /// The sentence in the given words, on one line.
    public func text(in wording: Wording) -> String { parts.map(wording.text).joined() }
}

extension Remedy: CustomStringConvertible {
    /// The sentence in the words of ``wording``.
    public var description: String { text(in: Self.wording) }
}

extension Remedy: Codable {
    /// Reads text, all of it as words.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes text, in the words of ``wording``.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}

extension Remedy: ExpressibleByStringInterpolation {
    /// Collects the parts of a literal such as `"\(.verb) \(.fit(.pad)), or crop the image"`.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        /// Begins an empty sentence.
        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        /// Adds words.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.words(literal)) }
        }

        /// Adds words.
        public mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

        /// Adds a number in digits.
        public mutating func appendInterpolation(_ number: Int) { appendLiteral("\(number)") }

        /// Adds a part.
        public mutating func appendInterpolation(_ part: Part) { parts.append(part) }

        /// Adds a setting.
        public mutating func appendInterpolation(_ setting: Setting) { parts.append(.setting(setting)) }

        /// Adds something to call.
        public mutating func appendInterpolation(_ action: Action) { parts.append(.action(action)) }

        /// Adds the parts of another remedy.
        public mutating func appendInterpolation(_ remedy: Remedy) { parts += remedy.parts }
    }

    /// Makes the remedy that a literal with interpolations stands for.
    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Makes a remedy of words alone.
    public init(stringLiteral: String) { self.init(stringLiteral) }
}

/// An error that says what to do about it.
public protocol ErrorWithRemedy: Error {
    /// What to do about it, one line.
    var remedy: Remedy { get }
}

extension ErrorWithRemedy {
    /// What to do about it, one line, in the words of ``Remedy/wording``.
    public var hint: String { remedy.description }
}

// `error.localizedDescription` shows the error's own line, not "The operation could not be
// completed".

extension LocalizedError where Self: ErrorWithRemedy & CustomStringConvertible {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// `hint`.
    public var recoverySuggestion: String? { hint }
}

extension ConstraintError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}

extension JSONSyntaxError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
}
