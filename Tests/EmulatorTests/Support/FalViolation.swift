#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

/// A violation: the change, its position in the body, its type and its context.
struct FalViolation: Sendable, CustomTestStringConvertible {
    var changes: [String: JSONValue?]
    var location: [JSONValue]
    var type: String
    var context: JSONValue?
    var testDescription: String { "\(type) at \(JSONValue.array(location).text)" }

    init(
        _ changes: [String: JSONValue?], _ location: [JSONValue], _ type: String,
        _ context: JSONValue? = nil
    ) {
        self.changes = changes
        self.location = ["body"] + location
        self.type = type
        self.context = context
    }

    static let all: [FalViolation] = [
        FalViolation(["prompt": .none], ["prompt"], "missing"),
        FalViolation(["prompt": 7], ["prompt"], "string_type"),
        FalViolation(["prompt": .some(.null)], ["prompt"], "string_type"),
        FalViolation(["image_urls": .none], ["image_urls"], "missing"),
        FalViolation(["image_urls": "https://a.test/1.png"], ["image_urls"], "list_type"),
        FalViolation(["image_urls": []], ["image_urls"], "sequence_too_short", ["min_length": 1]),
        FalViolation(["image_urls": ["https://a.test/1.png", 7]], ["image_urls", 1], "string_type"),
        FalViolation(["num_images": 0], ["num_images"], "greater_than_equal", ["ge": 1]),
        FalViolation(["num_images": 7], ["num_images"], "less_than_equal", ["le": 6]),
        FalViolation(["num_images": 1.5], ["num_images"], "int_from_float"),
        FalViolation(["num_images": []], ["num_images"], "int_type"),
        FalViolation(["max_images": 0], ["max_images"], "greater_than_equal", ["ge": 1]),
        FalViolation(["max_images": 7], ["max_images"], "less_than_equal", ["le": 6]),
        FalViolation(["seed": 0.5], ["seed"], "int_from_float"),
        FalViolation(["sync_mode": 7], ["sync_mode"], "bool_type"),
        FalViolation(["enable_safety_checker": "x"], ["enable_safety_checker"], "bool_type"),
        FalViolation(
            ["enhance_prompt_mode": "slow"], ["enhance_prompt_mode"], "literal_error",
            ["expected": "'standard' or 'fast'"]),
        FalViolation(
            ["image_size": "huge"], ["image_size"], "one_of",
            [
                "expected": [
                    "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3",
                    "landscape_16_9", "auto", "auto_2K", "auto_4K",
                ]
            ]),
        FalViolation(["image_size": 7], ["image_size"], "one_of"),
        FalViolation(["image_size": ["width": -1, "height": 2048]], ["image_size"], "int_type"),
        FalViolation(
            ["image_size": ["width": 4096, "height": 4097]], ["image_size"], "less_than_equal",
            ["le": 16_777_216]),
        FalViolation(
            ["image_size": ["width": .integer(.max), "height": .integer(.max)]], ["image_size"],
            "less_than_equal", ["le": 16_777_216]),
    ]
}
#endif
