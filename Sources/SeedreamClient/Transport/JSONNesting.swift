/// Follows the structure of JSON text, to tell the strings that are values from member names.
struct JSONNesting {
    /// The maximum nesting depth of objects and arrays; deeper strings are not examined. No
    /// provider exceeds 5.
    private static let maximumDepth = 128

    /// Whether each open object or array is an object, down to the maximum depth.
    private var isObject: [Bool] = []
    private var depth = 0
    private var isName = false

    /// Whether a string at this point is a value, at no more than the maximum depth.
    var isValue: Bool { !isName && depth <= Self.maximumDepth }

    /// Reads a character outside of strings.
    mutating func read(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): open(object: true)
        case UInt8(ascii: "["): open(object: false)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if depth > 0, depth <= Self.maximumDepth { isObject.removeLast() }
            depth = max(0, depth - 1)
            isName = false
        case UInt8(ascii: ","): isName = depth <= Self.maximumDepth && isObject.last == true
        case UInt8(ascii: ":"): isName = false
        default: break
        }
    }

    private mutating func open(object: Bool) {
        if depth < Self.maximumDepth { isObject.append(object) }
        depth += 1
        isName = object
    }
}
