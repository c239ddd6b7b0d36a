// The Swift blocks of the article in Sources/Pixels/Documentation.docc.
// `CatalogueTests` compares them.
import Pixels

/// Returns the displayed size, scaled down until no side exceeds `side` px.
func previewSize(of stored: PixelSize, _ orientation: Orientation, side: Int) -> PixelSize {
    let displayed = orientation.displaySize(of: stored)  // 4032x3024 with .rightTop: 3024x4032
    guard displayed.longSide > side else { return displayed }
    return PixelSize(
        width: max(1, displayed.width * side / displayed.longSide),
        height: max(1, displayed.height * side / displayed.longSide))
}

/// Returns the background that a user typed, or white if the text is not a colour.
func background(from text: String) -> RGBColor {
    RGBColor(text) ?? .white  // "#f80" is RGBColor(red: 255, green: 136, blue: 0)
}
