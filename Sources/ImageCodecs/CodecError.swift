import CodecBridge
import PixelEngine
public import Pixels
import Platform

/// The reason why an encoded image cannot be read, or an image cannot be encoded.
public enum CodecError: Error, Hashable, Sendable {
    /// A limit set by the caller.
    public enum Limit: String, Hashable, Sendable {
        /// ``DecodeLimits/maximumInputBytes``.
        case inputBytes
        /// ``DecodeLimits/maximumPixels``.
        case pixels
        /// ``DecodeLimits/maximumDecodeMemory``.
        case decodeMemory
        /// ``DecodeLimits/maximumDecodeMemory``, for an image that a newer library could read in
        /// parts.
        case untiledMemory
        /// The memory for all images in progress together, in bytes.
        case memoryBudget
        /// ``DecodeLimits/maximumProgressiveScans``.
        case progressiveScans
        /// ``DecodeLimits/maximumWarnings``.
        case warnings
        /// ``DecodeLimits/maximumCPUSeconds``.
        case cpuSeconds
    }

    /// The input has no bytes.
    case empty
    /// No known format begins with these bytes: the first 16 at most.
    case notAnImage(prefix: [UInt8])
    /// A known format that cannot be read.
    case unsupportedFormat(ImageFormat)
    /// A valid file that needs an unsupported feature. The value describes it.
    case unsupportedFeature(String)
    /// A camera's sensor data instead of an image. The value is the format's name, if known.
    case cameraRaw(String?)
    /// The data are damaged. The value is the codec's message.
    case corrupt(String)
    /// The data end before the image does. The value tells what was being read.
    case truncated(String)
    /// The file exceeds a limit. `value` and `maximum` are in the limit's unit; `value` is `nil` if
    /// reading stopped at the limit.
    case limitExceeded(Limit, value: Int?, maximum: Int)
    /// The decoded image has another size than its header states, as with libheif 1.15 and
    /// transformations that are not marked essential. The plan has to be made again.
    case sizeDiffers(PixelSize)
    /// The encoded bytes would exceed the maximum given to the encoder.
    case outputTooLarge(maximum: Int)
    /// The system call failed with this `errno`.
    case readFailed(errno: Int32)
    /// The codec could not get memory.
    case outOfMemory
    /// A call that the codec refuses: a defect of this software.
    case misuse(String)
}

extension CodecError: CustomStringConvertible {
    /// One line: expected and found values.
    public var description: String {
        switch self {
        case .empty: "file is empty"
        case .notAnImage(let prefix): "expected an image, found data that begin with \(Self.show(prefix))"
        case .unsupportedFormat(let format): "\(format.displayName) is recognised but not read"
        case .unsupportedFeature(let what): what
        case .cameraRaw(let name):
            "expected an image, found camera raw data\(name.map { " (\($0))" } ?? ""), which are not supported"
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
        case .sizeDiffers(let size): "the decoded image is \(size), its header says otherwise"
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
    /// Allocates memory for samples. Throws ``outOfMemory``.
    static func memory(_ byteCount: Int) throws(CodecError) -> WorkingMemory {
        try inMemory { () throws(PixelError) in try WorkingMemory(byteCount: byteCount) }
    }

    /// Allocates memory for rows of samples, filled with zeros.
    static func clearMemory(rows: Int, rowBytes: Int) throws(CodecError) -> WorkingMemory {
        let (count, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
        guard !overflow else { throw .outOfMemory }
        let memory = try memory(count)
        memory.bytes.initialize(repeating: 0, count: count)
        return memory
    }

    /// Returns the result of `make`; turns its error into ``outOfMemory``.
    static func inMemory<Made>(_ make: () throws(PixelError) -> Made) throws(CodecError) -> Made {
        do throws(PixelError) { return try make() } catch { throw .outOfMemory }
    }

    /// Throws the error of the status, unless it is BRIDGE_OK.
    static func check(_ status: bridge_status) throws(CodecError) {
        if let error = CodecError(status) { throw error }
    }

    /// The error of a status; `nil` for BRIDGE_OK.
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

/// Tolerates damage: a reader with a report accepts damaged JPEG and TIFF data, whose gaps decoders
/// fill, and records the damage. Without a report, damage ends reading with an error.
///
/// Used by one reader at a time, on any thread; complete when the reader is finished.
package final class DamageReport {
    /// The first damage found: ``CodecError/corrupt(_:)`` or ``CodecError/truncated(_:)``. `nil`
    /// without damage.
    package private(set) var first: CodecError?

    package init() {}

    func add(_ status: bridge_status) { first = first ?? CodecError(status) }
}

extension CodecError {
    /// Whether the data are damaged, so that a part of the image may still be readable.
    package var isDamage: Bool {
        switch self {
        case .corrupt, .truncated: true
        default: false
        }
    }
}
