import Foundation
import SeedreamModel
import TestSupport
import Testing

@Suite("base64")
struct Base64Tests {
    /// The levels that this processor supports.
    static let levels = Base64.Level.allCases.filter { $0 == .baseline || Base64.Level.best == .avx2 }

    /// Returns the text of some bytes, and whether the memory around it is intact. The buffers are
    /// not aligned, because vectors need no alignment.
    private static func encode(_ bytes: ArraySlice<UInt8>, _ level: Base64.Level) -> (
        text: [UInt8], isInBounds: Bool
    ) {
        let length = (bytes.count + 2) / 3 * 4
        var memory = [UInt8](repeating: 0xEE, count: length + 65)
        let written = memory.withUnsafeMutableBytes { memory in
            bytes.withUnsafeBytes {
                Base64.encode(
                    $0, into: UnsafeMutableRawBufferPointer(rebasing: memory[1..<1 + length]), level: level)
            }
        }
        let around = memory.prefix(1) + memory.dropFirst(1 + length)
        return (Array(memory[1..<1 + written]), written == length && around.allSatisfy { $0 == 0xEE })
    }

    @Test("agrees with Foundation for each length, at each vector width", arguments: levels)
    func lengths(_ level: Base64.Level) {
        var generator = SeededGenerator(seed: 1)
        let all = (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for length in Array(0...300) + [4095, 4096, 4097, 65_535, 65_536, 65_537] {
            let start = length % 7
            let bytes = all[start..<start + length]
            let encoded = Self.encode(bytes, level)
            #expect(encoded.isInBounds, "\(length) bytes")
            #expect(encoded.text == Array(Data(bytes).base64EncodedData()), "\(length) bytes")
        }
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) }
    }

    @Test("decodes the text of Foundation, for each length")
    func roundTrip() {
        var generator = SeededGenerator(seed: 2)
        for length in 0...300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Self.decode(Data(bytes).base64EncodedString()) == bytes)
        }
    }

    @Test(
        "accepts and refuses the same texts as Foundation: surplus padding, leftover bits and others",
        arguments: [
            "", "Q", "QQ", "QQ=", "QQ==", "QR==", "QQ===", "QUI", "QUI=", "QUJ=", "QUJD", "QUJD=", "QUJD====",
            "QUJDQ", "QUJDQQ===",
            "Q===", "=", "==", "=QUJ", "QQ==QQ==", "QUJD\n", "QUJ D", "QUJD-_+/", "QUJD*w0=", "QUI\u{E9}",
            "AAAA\0",
        ])
    func leniency(_ text: String) {
        #expect(Self.decode(text) == Data(base64Encoded: text).map { Array($0) })
    }

    @Test("refuses each byte outside the alphabet, at each place of a group")
    func alphabet() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in 0..<7 {
                var text = Array("AAAAAAA=".utf8)
                text[place] = byte
                let decoded = text.withUnsafeBufferPointer { Base64.decode($0) }
                // Padding ends the text, so `=` is valid only directly before the final `=`.
                let isTaken = alphabet.contains(byte) || byte == UInt8(ascii: "=") && place == 6
                #expect((decoded != nil) == isTaken, "\(byte) at \(place)")
            }
        }
    }

    @Test("refuses padding inside a text, which Foundation decodes")
    func innerPadding() {
        for text in ["QU=D", "QQ=A", "===="] { #expect(Self.decode(text) == nil) }
    }

    @Test("decodes each character at each place of a block", arguments: levels)
    func characters(_ level: Base64.Level) {
        // Each value of the four indices in three bytes, in turn at each of a block's eight groups.
        var bytes: [UInt8] = []
        for value in UInt32(0)..<64 {
            for place in 0..<33 {
                let bits = value << (6 * UInt32(place % 4))
                bytes += [UInt8(bits >> 16), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
            }
        }
        #expect(Self.encode(bytes[...], level).text == Array(Data(bytes).base64EncodedData()))
    }

    @Test("reads no byte beyond the last", arguments: levels)
    func bounds(_ level: Base64.Level) throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let memory = try #require(
            mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0))
        defer { munmap(memory, 2 * page) }
        #expect(mprotect(memory + page, page, PROT_NONE) == 0)
        for length in 0...100 {
            let bytes = UnsafeRawBufferPointer(start: memory + page - length, count: length)
            var text = [UInt8](repeating: 0, count: 140)
            let written = text.withUnsafeMutableBytes { Base64.encode(bytes, into: $0, level: level) }
            #expect(text.prefix(written).allSatisfy { $0 == UInt8(ascii: "A") || $0 == UInt8(ascii: "=") })
        }
    }
}
