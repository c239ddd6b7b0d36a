import Pixels
import SeedreamModel

/// One image of a response: what is drawn, and the members of its item besides the image.
struct ArkPart: Sendable {
    var order: ImageOrder
    /// The position of the image in the order, from 0.
    var index: Int
    var members: [String: JSONValue] = [:]
}

/// The layers that an image is split into.
extension ArkPart {
    /// A transparent layer: the place in permille of the image (left, top, right, bottom), and the
    /// words of the item. Our choice; a real model decides by the image.
    private static let layers: [(name: String, description: String, place: [Int])] = [
        ("subject", "The main subject of the image", [100, 150, 550, 900]),
        ("object", "A smaller object in the upper right corner", [500, 100, 950, 450]),
        ("text", "A line of text at the bottom", [200, 700, 800, 950]),
    ]

    /// Returns the number of layers that a model makes of an image, without the base image: three,
    /// or its maximum.
    static func layerCount(_ entry: ModelEntry) -> Int {
        min(layers.count, max(0, entry.fields?.value.maximumLayers ?? layers.count))
    }

    /// Returns the base image, then the layers in the order of `z_index`. Layers are transparent
    /// PNGs of the size of their box.
    static func split(_ base: ImageOrder, for entry: ModelEntry) -> [ArkPart] {
        let whole = [0, 0, 1000, 1000]
        var parts = [
            ArkPart(
                order: base, index: 0,
                members: [
                    "z_index": 0, "bounding_box": box(whole, in: base.size), "name": "background",
                    "description": "The image without the layers",
                ])
        ]
        for (position, layer) in layers.prefix(layerCount(entry)).enumerated() {
            let sides = pixels(layer.place, in: base.size)
            var order = base
            order.size = PixelSize(
                width: max(1, sides[2] - sides[0]), height: max(1, sides[3] - sides[1]))
            order.mediaType = .png
            order.isTransparent = true
            order.isWatermarked = false
            parts.append(
                ArkPart(
                    order: order, index: position + 1,
                    members: [
                        "z_index": .integer(position + 1), "bounding_box": box(layer.place, in: base.size),
                        "name": .string(layer.name), "description": .string(layer.description),
                    ]))
        }
        return parts
    }

    /// Returns a place in permille of an image in px.
    private static func pixels(_ place: [Int], in size: PixelSize) -> [Int] {
        [
            place[0] * size.width / 1000, place[1] * size.height / 1000, place[2] * size.width / 1000,
            place[3] * size.height / 1000,
        ]
    }

    private static func box(_ place: [Int], in size: PixelSize) -> JSONValue {
        [
            "absolute": .array(pixels(place, in: size).map { .integer($0) }),
            "normalized": .array(place.map { .integer($0) }),
        ]
    }
}
