#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The advice for a failure: one line in which settings and calls of this library are values.
///
/// A program with its own names for them renders the same sentence with those:
///
/// ```swift
/// error.remedy.text(in: .library)      // "crop the image, or set `fit = .pad`"
/// error.remedy.text(in: myProgram)     // "crop the image, or choose \"Add bands\" in the menu"
/// ```
public struct Remedy: Hashable, Sendable {
    /// A part of the sentence.
    public enum Part: Hashable, Sendable {
        /// Words that are the same in every program.
        case words(String)
        /// The verb for a setting, such as "set".
        case verb
        /// A setting, alone or with the value to give it.
        case setting(Setting)
        /// A call.
        case action(Action)
    }

    /// A program's names for settings and actions.
    public struct Wording: Sendable {
        private let name: @Sendable (Part) -> String

        /// Creates a wording.
        ///
        /// - Parameter name: Returns the text for any part except ``Remedy/Part/words(_:)``.
        public init(_ name: @escaping @Sendable (Part) -> String) { self.name = name }

        func text(of part: Part) -> String {
            if case .words(let text) = part { text } else { name(part) }
        }
    }

    /// The wording of every `hint` read in the current task. Default: ``Wording/library``.
    ///
    /// A program with its own names sets it once around its work, with
    /// `Remedy.$wording.withValue(_:)`.
    @TaskLocal public static var wording = Wording.library

    /// The parts, in order.
    public var parts: [Part]

    /// Creates a remedy that consists of words only.
    public init(_ words: String) { parts = words.isEmpty ? [] : [.words(words)] }

    /// Returns the sentence in the given wording, on one line.
    public func text(in wording: Wording) -> String { parts.map(wording.text).joined() }
}

extension Remedy: CustomStringConvertible {
    /// The sentence in the current ``wording``.
    public var description: String { text(in: Self.wording) }
}

extension Remedy: Codable {
    /// Decodes a string, all of it as words.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the sentence as a string, in the current ``wording``.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}

extension Remedy: ExpressibleByStringInterpolation {
    /// Collects the parts of a literal such as `"\(.verb) \(.fit(.pad)), or crop the image"`.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        /// Creates an empty sentence.
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

        /// Adds a call.
        public mutating func appendInterpolation(_ action: Action) { parts.append(.action(action)) }

        /// Adds the parts of another remedy.
        public mutating func appendInterpolation(_ remedy: Remedy) { parts += remedy.parts }
    }

    /// Creates a remedy from a literal with interpolations.
    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Creates a remedy that consists of words only.
    public init(stringLiteral: String) { self.init(stringLiteral) }
}

/// An error with advice on what to do about it.
public protocol ErrorWithRemedy: Error {
    /// The advice, on one line.
    var remedy: Remedy { get }
}

extension ErrorWithRemedy {
    /// The advice, on one line, in the current ``Remedy/wording``.
    public var hint: String { remedy.description }
}

// With these, `error.localizedDescription` shows the error's own line, not "The operation could not
// be completed".

extension LocalizedError where Self: ErrorWithRemedy & CustomStringConvertible {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// The hint, one line.
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
