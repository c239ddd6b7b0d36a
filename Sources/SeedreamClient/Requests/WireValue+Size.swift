import Pixels

extension WireValue {
    /// `{"width":…,"height":…}`, as fal, AIML API and OneRouter write a size.
    static func size(_ size: PixelSize) -> WireValue {
        .members(("width", .integer(size.width)), ("height", .integer(size.height)))
    }
}
