import Foundation
import SeedreamModel
import TestSupport
import Testing

@Suite("JSON values")
struct JSONValueTests {
    private static func parse(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }

    private static func tolerate(_ bytes: some Sequence<UInt8>) -> JSONValue? {
        try? JSONValue(tolerating: Array(bytes))
    }

    /// Returns a value of any kind, and one of its spellings.
    private static func generated(
        _ depth: Int, _ generator: inout SeededGenerator
    ) -> (value: JSONValue, text: String) {
        let space = ["", " ", "\n\t", "\r\n  "].randomElement(using: &generator) ?? ""
        switch Int.random(in: 0...(depth > 4 ? 5 : 8), using: &generator) {
        case 0: return (nil, "\(space)null")
        case 1: return (true, "true\(space)")
        case 2:
            let number =
                Int.random(in: .min ... .max, using: &generator) >> Int.random(in: 0...62, using: &generator)
            return (.integer(number), "\(number)")
        case 3:
            // For integers with an exponent between 2^53 and 2^63, Foundation keeps the digits;
            // this parser takes the nearest double, as JavaScript does.
            let exponent =
                Bool.random(using: &generator)
                ? Double.random(in: -30...15, using: &generator)
                : Double.random(in: 20...30, using: &generator)
            let number =
                (Bool.random(using: &generator) ? 1 : -1) * Double.random(in: 0.1...1, using: &generator)
                * pow(10.0, exponent)
            return (Int(exactly: number).map { .integer($0) } ?? .number(number), "\(number)")
        case 4, 5, 6:
            let characters = [
                "a", "\"", "\\", "/", "\u{1}", "\u{e9}", "\u{1F600}", "\u{FFFD}", "\u{7F}", "k",
            ]
            let text = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                characters.randomElement(using: &generator) ?? ""
            }.joined()
            return (.string(text), "\(space)\(written(text, &generator))\(space)")
        case 7:
            let elements = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                generated(depth + 1, &generator)
            }
            return (
                .array(elements.map(\.value)),
                "[\(space)\(elements.map(\.text).joined(separator: ","))\(space)]"
            )
        default:
            let members = (0..<Int.random(in: 0...4, using: &generator)).map {
                ("\($0)\"\u{e9}", generated(depth + 1, &generator))
            }
            let text = members.map { "\(written($0.0, &generator))\(space):\(space)\($0.1.text)" }
            return (
                .object(Dictionary(members.map { ($0.0, $0.1.value) }) { $1 }),
                "{\(space)\(text.joined(separator: ","))}"
            )
        }
    }

    /// Returns a string literal with some characters escaped.
    private static func written(_ text: String, _ generator: inout SeededGenerator) -> String {
        let escaped = text.utf16.reduce(into: "") { result, unit in
            let scalar = Unicode.Scalar(unit)
            let mustBe = unit < 0x20 || unit == 0x22 || unit == 0x5C || scalar == nil
            if mustBe || Bool.random(using: &generator) {
                result += "\\u" + String(format: Bool.random(using: &generator) ? "%04x" : "%04X", Int(unit))
            } else if let scalar {
                result.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }

    @Test("members keep their order, duplicates and text")
    func members() throws {
        let text = Array(#" { "b" : 1.50 , "a":[1, {"b":2}],"b":"\u00e9"} "#.utf8)
        let members = try #require(try text.withUnsafeBufferPointer { try JSONValue.members(parsing: $0) })
        #expect(members.map(\.name) == ["b", "a", "b"])
        #expect(members.map(\.value) == [1.5, [1, ["b": 2]], "é"])
        #expect(
            members.map { String(decoding: text[$0.text], as: UTF8.self) } == [
                "1.50", #"[1, {"b":2}]"#, #""\u00e9""#,
            ])
        for text in ["[]", "1", " null "] {
            let bytes = Array(text.utf8)
            #expect(try bytes.withUnsafeBufferPointer { try JSONValue.members(parsing: $0) } == nil)
        }
        for text in ["", "{", "{}x", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "[] []"] {
            let bytes = Array(text.utf8)
            #expect(throws: JSONSyntaxError.self, "\(text)") {
                try bytes.withUnsafeBufferPointer { try JSONValue.members(parsing: $0) }
            }
        }
    }

    @Test("are read as Foundation reads them", arguments: 0..<300)
    func agreement(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let (value, text) = Self.generated(0, &generator)
        let bytes = Array(text.utf8)
        #expect(try JSONValue(parsing: bytes) == value)
        #expect(try JSONValue(tolerating: bytes) == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) == value)
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    /// Texts that are undisputedly JSON, and a spelling of each kind of number.
    static let valid: [(String, JSONValue)] = [
        ("0", 0), ("-0", 0), ("1e2", 100), ("1E+2", 100), ("-12.5e1", -125), ("1.5", 1.5), ("1e-3", 0.001),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), (#""\ud83d\ude00""#, "\u{1F600}"),
        (#""\b\f\n\r\t\/\\\"""#, "\u{8}\u{C}\n\r\t/\\\""), (" [ ] ", []), ("{ }", [:]),
        (#"{"a":{"a":1}}"#, ["a": ["a": 1]]),
        ("\u{FEFF}{}", [:]),
    ]

    @Test("of each kind are read", arguments: valid)
    func kinds(_ text: String, _ value: JSONValue) { #expect(Self.parse(text) == value) }

    static let invalid = [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}",
        "'a'",
        "\"a", "\"\\", "\"\\u12\"", "\"\\x\"", "\"\n\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "01", "-", "+1",
        ".5", "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "nul", "True", "1 2", "{}{}",
        "[1 2]", "1e999", "]",
    ]

    @Test("invalid texts are refused", arguments: invalid)
    func strict(_ text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test("are nested at most 64 levels deep")
    func depth() throws {
        func nested(_ depth: Int, _ inner: String = "") -> [UInt8] {
            Array((String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(64)) }
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(65)) }
        #expect(error?.offset == 64)
        for depth in [65, 490, 100_000] {
            #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(depth)) }
            // The values around it are read.
            let text =
                Array(#"{"deep":"#.utf8) + nested(depth, #""]","\"""#) + Array(#","status":"DONE"}"#.utf8)
            let value = try JSONValue(tolerating: text)
            #expect(value["status"] == "DONE")
        }
    }

    @Test(
        "are read from texts that are almost JSON",
        arguments: [
            (#"{"a":NaN,"b":-Infinity,"c":1e999,"d":None}"#, ["a": nil, "b": nil, "c": nil, "d": nil]),
            (#"{"a":True,"b":+1,"c":.5,"d":01}"#, ["a": true, "b": 1, "c": 0.5, "d": 1]),
            (#"{"a":[1,2,],}"#, ["a": [1, 2]]), ("{\"a\":\"b\nc\"}", ["a": "b\nc"]),
            (#"{"a":"\ud800","b":"\q","c":"\u12"}"#, ["a": "\u{FFFD}", "b": "\\q", "c": "\u{FFFD}12"]),
            ("{\"a\":1}\n{\"b\":2}\n", ["a": 1, "b": 2]), ("{\"a\":1}\n{\"a\":2}", ["a": 2]),
            ("{\"a\":1}</html>", ["a": 1]),
            ("[1]{\"a\":1}", [1]), ("\u{FEFF} {\"a\":1}", ["a": 1]),
        ] as [(String, JSONValue)])
    func tolerant(_ text: String, _ value: JSONValue) {
        #expect(Self.tolerate(text.utf8) == value)
        if text.first != "\u{FEFF}" { #expect(Self.parse(text) == nil) }
    }

    @Test("are read from texts that are not UTF-8")
    func encodings() throws {
        let text = #"{"name":"Müller 😀","n":1}"#
        for bigEndian in [true, false] {
            let units = Array(text.utf16).flatMap { unit -> [UInt8] in
                bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            }
            #expect(Self.tolerate(units)?["name"] == "Müller 😀")
            #expect(Self.tolerate((bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]) + units)?["n"] == 1)
        }
        let latin1 = Array("{\"log\":\"M".utf8) + [0xFC] + Array("ller\",\"n\":1}".utf8)
        #expect(Self.tolerate(latin1) == ["log": "M\u{FFFD}ller", "n": 1])
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: latin1) }
    }

    @Test("cut at any byte are refused, and random bytes do not crash the parser", arguments: 0..<40)
    func fuzzed(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bytes = Array(#"{"a":[1.5,true,null,"x\ud83d\ude00\n"],"b":{"c":"é"},"d":-1e9}"#.utf8)
        for end in 0..<bytes.count { #expect(Self.tolerate(bytes[..<end]) == nil) }
        for _ in 0..<300 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<mutated.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: mutated[index] = .random(in: 0...255, using: &generator)
                case 1: mutated.remove(at: index)
                default: mutated.insert(contentsOf: mutated[index...].prefix(8), at: index)
                }
            }
            let strict = try? JSONValue(parsing: mutated)
            // A text that the strict parser reads gives the same value leniently, and can be
            // written again.
            if let strict {
                #expect(Self.tolerate(mutated) == strict)
                #expect(try JSONValue(parsing: strict.bytes) == strict)
            }
        }
    }
}
