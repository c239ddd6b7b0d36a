public import ImageCodecs
private import Pixels
import Platform
public import SeedreamModel

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The reason why an input cannot be prepared. Every case has a stable code, a line with the values
/// expected and found, and a hint.
public enum PreparationError: ErrorWithRemedy, Hashable, Sendable {
    /// The kind of a file that is not a regular file.
    public enum FileKind: String, Hashable, Sendable {
        /// A folder.
        case directory
        /// A named pipe.
        case fifo = "FIFO"
        /// A device such as `/dev/zero`.
        case device
        /// A socket.
        case socket
    }

    /// The bytes are not a readable image.
    case codec(CodecError)
    /// The shape cannot be made to conform.
    case constraint(ConstraintError)
    /// The file cannot be opened; `errno` is the system's error number.
    case cannotOpen(errno: Int32)
    /// The path is not a regular file.
    case notARegularFile(FileKind)
    /// The text is not a `data:` URI with base64 content; the value is the reason.
    case malformedDataURI(String)
    /// The byte count of the pixels is not four times their area, or the size is below 1x1.
    case malformedPixels(byteCount: Int, width: Int, height: Int)
    /// The file has changed since it was planned.
    case inputChanged
    /// Even the smallest allowed encoding exceeds the budget, in bytes.
    case tooManyBytes(maximum: Int)
    /// There are more inputs than one request takes, and none may be dropped.
    case tooManyInputs(count: Int, maximum: Int)
    /// A defect of this software; the value says what failed.
    case internalError(String)
}

extension PreparationError {
    /// The error's code.
    public var code: ErrorCode {
        switch self {
        case .codec(let error):
            switch error {
            case .empty: .emptyInput
            case .notAnImage: .notAnImage
            case .unsupportedFormat: .unsupportedFormat
            case .unsupportedFeature, .cameraRaw: .unsupportedFeature
            case .corrupt, .sizeDiffers: .corruptImage
            case .truncated: .truncatedImage
            case .limitExceeded: .limitExceeded
            case .outputTooLarge: .tooManyBytes
            case .readFailed: .unreadableInput
            case .outOfMemory: .outOfMemory
            case .misuse: .internalError
            }
        case .constraint(.aspectRatioOutOfRange): .aspectRatio
        case .constraint(.noConformingSize): .limitExceeded
        case .cannotOpen, .notARegularFile, .malformedDataURI, .malformedPixels: .unreadableInput
        case .inputChanged: .inputChanged
        case .tooManyBytes: .tooManyBytes
        case .tooManyInputs: .tooManyInputs
        case .internalError: .internalError
        }
    }

    /// The advice, on one line.
    public var remedy: Remedy {
        switch self {
        case .codec(let error): error.remedy
        case .constraint(.aspectRatioOutOfRange(let size, _)):
            """
            crop the image, \(.verb) \(.fit(.pad)) or \(.fit(.crop)), \
            or \(.maximumAspectRatio(Self.ratioToAllow(size))) if your provider takes it
            """
        case .constraint(.noConformingSize): "set \(.minimumArea) and \(.maximumArea) further apart"
        case .cannotOpen: "check the path and its permissions"
        case .notARegularFile(.directory): "name the files in it\(.eachOfFolder)"
        case .notARegularFile: "pass a regular file, or pipe the image in and name it `-`"
        case .malformedDataURI: "write it as `data:image/jpeg;base64,` and the encoded bytes"
        case .malformedPixels: "pass width * height * 4 bytes: red, green, blue and alpha of each pixel"
        case .inputChanged: "run again once nothing writes to the file"
        case .tooManyBytes:
            "allow more with \(.maximumBytes(nil)) or \(.maximumBodyBytes), or send fewer images in one request"
        case .tooManyInputs(_, let maximum):
            "name at most \(maximum), or leave \(.failOnDropped) out to use the last \(maximum)"
        case .internalError: "please report this with the file"
        }
    }

    private static func ratioToAllow(_ size: PixelSize) -> Int {
        (size.longSide + max(size.shortSide, 1) - 1) / max(size.shortSide, 1)
    }
}

extension PreparationError: CustomStringConvertible {
    /// The values expected and found, on one line, in lower case, without a full stop.
    public var description: String {
        switch self {
        case .codec(let error): error.description
        case .constraint(let error): error.description
        case .cannotOpen(let errno): "cannot be opened: \(SystemCall.message(errno))"
        case .notARegularFile(let kind): "expected a regular file, found a \(kind.rawValue)"
        case .malformedDataURI(let reason): "data URI is malformed: \(reason)"
        case .malformedPixels(let count, let width, let height):
            width > 0 && height > 0
                ? "expected \(width)x\(height) pixels of 4 bytes, found \(count) bytes"
                : "expected a width and a height of at least 1, found \(width)x\(height)"
        case .inputChanged: "file changed while it was being prepared"
        case .tooManyBytes(let maximum):
            "cannot be encoded in \(maximum) bytes without going below the minimum area or quality \(PreparationOptions.qualityRange.lowerBound)"
        case .tooManyInputs(let count, let maximum): "\(count) inputs given, one request takes \(maximum)"
        case .internalError(let what): "internal error: \(what)"
        }
    }
}

extension CodecError {
    /// Returns the part of a hint that names the setting with which the input is accepted.
    private static func allowance(_ value: Int?, _ setting: (Int?) -> Remedy.Setting) -> Remedy {
        value == nil ? "more with \(setting(nil))" : "it with \(setting(value))"
    }

    /// The advice, on one line.
    fileprivate var remedy: Remedy {
        switch self {
        case .empty: "check that the file was written completely"
        case .notAnImage: "pass a \(ImageFormat.readableNames) file"
        case .unsupportedFormat(let format):
            if let missing = format.missing {
                "install \(missing.library) and build with the package trait \(missing.trait), or convert it to JPEG or PNG first"
            } else {
                "convert it to JPEG or PNG first"
            }
        case .unsupportedFeature(let what) where CodecRequirement.allCases.contains { $0.message == what }:
            "build with the newer library, or save it as an 8-bit RGB JPEG or PNG first"
        case .unsupportedFeature: "save it as an 8-bit RGB JPEG or PNG first"
        case .cameraRaw: "export it from the camera or a raw converter as JPEG or TIFF, and pass that file"
        case .corrupt, .sizeDiffers: "export the image again from its source"
        case .truncated: "copy or download the file again; part of it is missing"
        case .limitExceeded(.memoryBudget, let value, _):
            "allow more with \(.memoryBudget(value ?? 0)), where the system grants it, or reduce the image first"
        case .limitExceeded(.inputBytes, let value, _):
            "reduce the image first, or allow \(Self.allowance(value, Remedy.Setting.maximumInputBytes)) if you trust the file"
        case .limitExceeded(.pixels, let value, _):
            "reduce the image first, or allow \(Self.allowance(value, Remedy.Setting.maximumPixels)) if you trust the file"
        case .limitExceeded(.decodeMemory, let value, _):
            "reduce the image first, or allow \(Self.allowance(value, Remedy.Setting.maximumDecodeMemory)) if the machine has it"
        case .limitExceeded(.untiledMemory, let value, _):
            "install \(CodecRequirement.heifTiles.library) \(CodecRequirement.heifTiles.version) or later, which reads it in tiles, or allow \(Self.allowance(value, Remedy.Setting.maximumDecodeMemory)) if the machine has it"
        case .limitExceeded:
            "reduce the image first; limits guard against files made to exhaust memory or time"
        case .outputTooLarge: "allow more with \(.maximumBytes(nil))"
        case .readFailed: "check the disk or network that holds the file"
        case .outOfMemory: "close other programs or set a smaller \(.memoryBudget(nil))"
        case .misuse: "please report this with the file"
        }
    }
}

extension PreparationError: LocalizedError {
    /// The meaning of the error's code, such as "the data are damaged".
    public var failureReason: String? { code.meaning }
}

// ImageCodecs does not link Foundation, and callers get this error only through this target.
extension CodecError: LocalizedError {
    /// The error's own line.
    public var errorDescription: String? { description }
    /// The meaning of the error's code, such as "the data are damaged".
    public var failureReason: String? { PreparationError.codec(self).failureReason }
    /// The advice, on one line.
    public var recoverySuggestion: String? { PreparationError.codec(self).hint }
}
