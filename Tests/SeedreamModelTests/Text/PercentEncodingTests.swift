import SeedreamModel
import Testing

@Suite("percent-encoding")
struct PercentEncodingTests {
    @Test(
        "is decoded",
        arguments: [
            ("", ""), ("plain", "plain"), ("%41%62", "Ab"), ("a%20b", "a b"), ("%e2%82%AC", "€"),
            ("%2541", "%41"), ("a+b", "a+b"), ("%00", "\0"),
        ])
    func valid(_ text: String, _ expected: String) {
        let (bytes, isValid) = PercentEncoding.decode(text.utf8)
        #expect(bytes == Array(expected.utf8))
        #expect(isValid)
    }

    @Test(
        "keeps what is no escape",
        arguments: ["%", "%4", "%zz", "%+4", "%-1", "%4g", "a%", "100%", "% 1", "%%"])
    func invalid(_ text: String) {
        let (bytes, isValid) = PercentEncoding.decode(text.utf8)
        #expect(bytes == Array(text.utf8))
        #expect(!isValid)
    }

    @Test("keeps bytes that are not UTF-8")
    func bytes() {
        let (bytes, isValid) = PercentEncoding.decode("%FF%fe".utf8)
        #expect(bytes == [0xFF, 0xFE])
        #expect(isValid)
    }
}
