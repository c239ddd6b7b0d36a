import CodecBridge
import PixelEngine
public import Pixels
import Platform

/// Why an encoded picture could not be read, or a picture not encoded.
public enum CodecError: Error, Hashable, Sendable {
    /// A bound that the caller sets.
    public enum Limit: String, Hashable, Sendable {
        /// ``DecodeLimits/maximumInputBytes``.
        case inputBytes
        /// ``DecodeLimits/maximumPixels``.
        case pixels
        /// ``DecodeLimits/maximumDecodeMemory``.
        case decodeMemory
        /// ``DecodeLimits/maximumDecodeMemory``, for an image that a newer library reads in parts.
        case untiledMemory
        /// The bytes that all images in work may take together.
        case memoryBudget
        /// ``DecodeLimits/maximumProgressiveScans``.
        case progressiveScans
        /// ``DecodeLimits/maximumWarnings``.
        case warnings
        /// ``DecodeLimits/maximumCPUSeconds``.
        case cpuSeconds
    }

    /// There are no bytes.
    case empty
    /// No known format begins like this; the first bytes, 16 at most.
    case notAnImage(prefix: [UInt8])
    /// A known format that is not read.
    case unsupportedFormat(ImageFormat)
    /// A legal file that needs what is not there; says what.
    case unsupportedFeature(String)
    /// Values of a camera's sensor instead of an image; the format's name where it is known.
    case cameraRaw(String?)
    /// The data are damaged; the codec's words.
    case corrupt(String)
    /// The data end before the picture does; what was being read.
    case truncated(String)
    /// The file asks for more than the caller allows. `value` and `maximum` share the limit's unit.
    case limitExceeded(Limit, value: Int?, maximum: Int)
    /// The decoded picture has another size than the header led to expect, as libheif 1.15 says of
    /// transformations that are not marked essential. The plan has to be made again.
    case sizeDiffers(PixelSize)
    /// The encoded bytes would exceed the maximum given to the encoder.
    case outputTooLarge(maximum: Int)
    /// The system call failed with this `errno`.
    case readFailed(errno: Int32)
    /// The codec could not get memory.
    case outOfMemory
    /// A codec was called in a way that it refuses: a defect of this software.
    case misuse(String)
}

extension CodecError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .empty: "file is empty"
        case .notAnImage(let prefix): "expected a picture, found data that begin with \(Self.show(prefix))"
        case .unsupportedFormat(let format): "\(format.displayName) is recognised but not read"
        case .unsupportedFeature(let what): what
        case .cameraRaw(let name):
            "expected an image, found camera raw data\(name.map { " (\($0))" } ?? ""), which are not developed"
        case .corrupt(let what): "image data are damaged: \(what)"
        case .truncated(let what): "image data end too early: \(what)"
        case .limitExceeded(.inputBytes, let value, let maximum):
            Self.over("file has", value, "bytes", maximum)
        case .limitExceeded(.pixels, let value, let maximum): Self.over("image has", value, "px", maximum)
        case .limitExceeded(.decodeMemory, let value, let maximum),
            .limitExceeded(.untiledMemory, let value, let maximum):
            Self.over("decoding needs", value, "bytes of memory", maximum)
        case .limitExceeded(.memoryBudget, let value, let maximum):
            Self.over("preparing needs about", value, "bytes of memory", maximum)
        case .limitExceeded(.progressiveScans, let value, let maximum):
            Self.over("image has", value, "progressive scans", maximum)
        case .limitExceeded(.warnings, let value, let maximum):
            Self.over("decoder gave", value, "warnings", maximum)
        case .limitExceeded(.cpuSeconds, let value, let maximum):
            Self.over("decoding took", value, "s of CPU time", maximum)
        case .sizeDiffers(let size): "the decoded picture is \(size), its header says otherwise"
        case .outputTooLarge(let maximum): "encoded image exceeds \(maximum) bytes"
        case .readFailed(let errno): "reading failed: \(SystemCall.message(errno))"
        case .outOfMemory: "out of memory"
        case .misuse(let what): "codec misused: \(what)"
        }
    }

    private static func over(_ subject: String, _ value: Int?, _ unit: String, _ maximum: Int) -> String {
        "\(subject) \(value.map(String.init) ?? "more than \(maximum)") \(unit), the limit is \(maximum) \(unit)"
    }

    private static func show(_ prefix: [UInt8]) -> String {
        prefix.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined(separator: " ")
    }
}

extension CodecError {
    /// Memory for samples, with the error that codecs report.
    static func memory(_ byteCount: Int) throws(CodecError) -> WorkingMemory {
        try inMemory { () throws(PixelError) in try WorkingMemory(byteCount: byteCount) }
    }

    /// Memory for rows of samples, all of them zero.
    static func clearMemory(rows: Int, rowBytes: Int) throws(CodecError) -> WorkingMemory {
        let (count, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
        guard !overflow else { throw .outOfMemory }
        let memory = try memory(count)
        memory.bytes.initialize(repeating: 0, count: count)
        return memory
    }

    /// What `make` makes of memory, with the error that codecs report.
    static func inMemory<Made>(_ make: () throws(PixelError) -> Made) throws(CodecError) -> Made {
        do throws(PixelError) { return try make() } catch { throw .outOfMemory }
    }

    /// Throws what the status says, unless it says that all is well.
    static func check(_ status: bridge_status) throws(CodecError) {
        if let error = CodecError(status) { throw error }
    }

    /// What the status says; `nil` if it says that all is well.
    init?(_ status: bridge_status) {
        guard status.code != Int32(BRIDGE_OK.rawValue) else { return nil }
        let value = Int(status.value)
        let message = withUnsafeBytes(of: status.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        switch bridge_code(rawValue: UInt32(status.code)) {
        case BRIDGE_TRUNCATED: self = .truncated(message.isEmpty ? "unexpected end" : message)
        case BRIDGE_CORRUPT: self = .corrupt(message.isEmpty ? "refused by the decoder" : message)
        case BRIDGE_UNSUPPORTED: self = .unsupportedFeature(message)
        case BRIDGE_TOO_MANY_SCANS: self = .limitExceeded(.progressiveScans, value: nil, maximum: value)
        case BRIDGE_TOO_MANY_WARNINGS: self = .limitExceeded(.warnings, value: nil, maximum: value)
        case BRIDGE_CPU_TIME: self = .limitExceeded(.cpuSeconds, value: nil, maximum: value)
        case BRIDGE_OUTPUT_LIMIT: self = .outputTooLarge(maximum: value)
        case BRIDGE_OUT_OF_MEMORY: self = .outOfMemory
        case BRIDGE_READ_FAILED: self = .readFailed(errno: Int32(value))
        default: self = .misuse(message)
        }
    }
}

/// Tolerance of damage: given to a reader, it lets JPEG and TIFF data count that decoders can only
/// fill in, and says afterwards what was wrong. Without one, damage ends reading with an error.
///
/// Belongs to one reader at a time, on any thread; complete once the reader is
/// finished.
package final class DamageReport {
    /// The first damage that was found; ``CodecError/corrupt(_:)`` or ``CodecError/truncated(_:)``.
    package private(set) var first: CodecError?

    package init() {}

    func add(_ status: bridge_status) { first = first ?? CodecError(status) }
}

extension CodecError {
    /// Whether the data are damaged, so that a part of the image may be read all the same.
    package var isDamage: Bool {
        switch self {
        case .corrupt, .truncated: true
        default: false
        }
    }
}
