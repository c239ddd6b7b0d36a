import Pixels
import SeedreamModel
import Testing

@Suite("texts of the model")
struct ConstraintTextTests {
    @Test("state what was expected and what was found")
    func ratio() {
        let wide = ConstraintError.aspectRatioOutOfRange(.init(width: 3450, height: 1000), maximum: 3)
        #expect("\(wide)" == "aspect ratio 3.45:1 (3450x1000) is outside 1:3 to 3:1")
        let tall = ConstraintError.aspectRatioOutOfRange(.init(width: 1000, height: 4200), maximum: 2.5)
        let close = ConstraintError.aspectRatioOutOfRange(.init(width: 3001, height: 1000), maximum: 3)
        #expect("\(close)" == "aspect ratio 3.001:1 (3001x1000) is outside 1:3 to 3:1")
        #expect("\(tall)" == "aspect ratio 1:4.2 (1000x4200) is outside 1:2.5 to 2.5:1")
    }

    @Test("words are kebab-case and unique in their table")
    func words() {
        let tables: [[String]] = [
            ErrorCode.allCases.map(\.rawValue), Reason.allCases.map(\.rawValue),
            Notice.Code.allCases.map(\.rawValue),
            Action.allCases.map(\.rawValue), InputConstraints.profiles.map(\.name),
        ]
        for table in tables {
            #expect(Set(table).count == table.count)
            for word in table {
                #expect(word.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(word)")
            }
        }
    }

    @Test(
        "colours are parsed in the usual spellings, and others are refused",
        arguments: ["white", "#fff", "ffffff", "#FFFFFF"])
    func colors(_ text: String) {
        #expect(RGBColor(text) == .white)
        for wrong in ["", "#ff", "#fffff", "gray", "#gggggg", "#١٢٣"] {
            #expect(RGBColor(wrong) == nil, "\(wrong)")
        }
    }
}
