#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

/// An input image that fal refuses.
struct FalImageRefusal: Sendable, CustomTestStringConvertible {
    var name: String
    var uri: @Sendable () throws -> JSONValue
    var type: String
    var status = 422
    var context: JSONValue?
    var testDescription: String { name }

    private static let formats: JSONValue = ["supported_formats": [".jpg", ".jpeg", ".png", ".webp"]]

    static let all: [FalImageRefusal] = [
        FalImageRefusal(
            name: "JPEG that is called PNG", uri: { .string(try Fal.dataURI(type: "image/png")) },
            type: "image_load_error"),
        FalImageRefusal(
            name: "type in capitals", uri: { .string(try Fal.dataURI(type: "image/JPEG")) },
            type: "image_load_error"),
        FalImageRefusal(
            name: "bad base64", uri: { "data:image/png;base64,iVBOR*w0KGgo=" }, type: "image_load_error"),
        FalImageRefusal(name: "no base64", uri: { "data:image/png,iVBORw0KGgo=" }, type: "image_load_error"),
        FalImageRefusal(name: "no comma", uri: { "data:image/png;base64" }, type: "image_load_error"),
        FalImageRefusal(name: "nothing", uri: { "data:image/png;base64," }, type: "image_load_error"),
        FalImageRefusal(
            name: "the capture's PNG signature alone", uri: { "data:image/png;base64,iVBORw0KGgo=" },
            type: "image_load_error"),
        FalImageRefusal(
            name: "text", uri: { TestImage.jpegURI(Array("no picture".utf8)) }, type: "image_load_error"),
        FalImageRefusal(
            name: "truncated JPEG",
            uri: { .string(try Fal.dataURI("corrupt/truncated-scan.jpg", type: "image/jpeg")) },
            type: "image_load_error"),
        FalImageRefusal(
            name: "14 px wide", uri: { TestImage.jpegURI(try TestImage.jpeg(14, 30)) },
            type: "image_too_small", context: ["min_height": 14, "min_width": 14]),
        FalImageRefusal(
            name: "14 px high", uri: { TestImage.jpegURI(try TestImage.jpeg(30, 14)) },
            type: "image_too_small", context: ["min_height": 14, "min_width": 14]),
        FalImageRefusal(
            name: "6001x6000 px", uri: { TestImage.jpegURI(try TestImage.jpeg(6001, 6000)) },
            type: "image_too_large", context: ["max_height": 6000, "max_width": 6000]),
        FalImageRefusal(
            name: "a header of 60000x60000 px",
            uri: { .string(try Fal.dataURI("corrupt/huge-header.jpg", type: "image/jpeg")) },
            type: "image_too_large", context: ["max_height": 6000, "max_width": 6000]),
        FalImageRefusal(
            name: "3.01:1", uri: { TestImage.jpegURI(try TestImage.jpeg(301, 100)) },
            type: "downstream_service_error", status: 400),
        FalImageRefusal(
            name: "1:3.01", uri: { TestImage.jpegURI(try TestImage.jpeg(100, 301)) },
            type: "downstream_service_error", status: 400),
        FalImageRefusal(
            name: "HEIC", uri: { .string(try Fal.dataURI("formats/picture.heic", type: "image/heic")) },
            type: "unsupported_image_format", context: formats),
        FalImageRefusal(
            name: "BMP", uri: { .string(try Fal.dataURI("formats/rgb24.bmp", type: "image/bmp")) },
            type: "unsupported_image_format", context: formats),
        FalImageRefusal(
            name: "TIFF", uri: { .string(try Fal.dataURI("formats/rgba.tiff", type: "image/tiff")) },
            type: "unsupported_image_format", context: formats),
        FalImageRefusal(name: "no URI", uri: { "dog.png" }, type: "file_download_error"),
        FalImageRefusal(name: "another scheme", uri: { "ftp://a.test/1.png" }, type: "file_download_error"),
    ]
}
#endif
