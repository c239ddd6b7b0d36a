public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A row of a run: one request whose images are not read yet.
public struct RowRequest: Sendable {
    /// An input of a row.
    public enum Input: Sendable {
        /// A local image, which is prepared before it is sent.
        case local(ImageInput)
        /// A URL that the provider downloads.
        case remote(String)
        /// A URL that is downloaded here and prepared.
        case fetched(String)
    }

    /// The name of the row for people, for example an absolute path. Unique within one start of a
    /// run.
    public var label: String
    /// Distinguishes the row from equal rows. Default: `nil`, its number among the equal rows of
    /// one start.
    public var id: String?
    /// The images to edit; empty to generate. If there are more than one request takes, the last
    /// ones are used.
    public var inputs: [Input]
    /// The prompt and the settings. The images come from ``inputs``.
    public var request: GenerationRequest
    /// The provider. Default: `nil`, the session's provider.
    public var provider: ProviderID?
    /// The template for the names of its results. Default: `nil`, the template of the run's
    /// destination.
    public var template: String?
    /// The folder of its results, below the run's destination. Default: `""`, the destination
    /// itself.
    public var subfolder = ""
    /// A reason not to send the row, known before its images are read. The row is recorded as
    /// failed. Default: `nil`.
    public var refusal: RowRecord.Failure?

    /// Makes a row.
    public init(label: String, id: String? = nil, inputs: [Input], request: GenerationRequest) {
        self.label = label
        self.id = id
        self.inputs = inputs
        self.request = request
    }
}

extension RowRequest.Input {
    /// Returns a file given by its path. The content decides the format, not the name.
    public static func file(_ path: String) -> Self { .local(.file(path)) }

    /// Returns an input of encoded bytes in memory.
    public static func bytes(_ bytes: [UInt8], name: String) -> Self { .local(.bytes(bytes, name: name)) }

    /// Makes an input of a command-line argument: a path, `-` for standard input, a `data:` URI, or
    /// an `http` or `https` URL.
    ///
    /// - Parameters:
    ///   - argument: The argument as typed.
    ///   - fetchesURLs: Whether a URL is downloaded here and prepared, or passed on to the
    ///     provider. Default: passed on.
    public init(argument: String, fetchesURLs: Bool = false) {
        if !Self.isURL(argument) {
            self = .local(ImageInput(argument: argument))
        } else {
            self = fetchesURLs ? .fetched(argument) : .remote(argument)
        }
    }

    /// Returns whether an argument is an `http` or `https` URL.
    package static func isURL(_ argument: String) -> Bool {
        let head = argument.prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }

    /// The name in messages: the name of a local image, or the URL, without its query and fragment
    /// if it is downloaded here.
    public var name: String {
        switch self {
        case .local(let image): image.name
        case .remote(let url): url
        case .fetched(let url): String(url.prefix { $0 != "?" && $0 != "#" })
        }
    }
}

extension ImageInput {
    /// Encoded bytes in memory, given as Foundation's `Data`. The bytes are copied once.
    ///
    /// - Parameters:
    ///   - data: The encoded bytes.
    ///   - name: The name in messages and results.
    public static func data(_ data: Data, name: String) -> ImageInput { .bytes(Array(data), name: name) }
}
