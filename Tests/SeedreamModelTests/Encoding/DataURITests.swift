import Foundation
import SeedreamModel
import TestSupport
import Testing

@Suite("data URIs")
struct DataURITests {
    private static func bytes(_ count: Int) -> EncodedBytes {
        EncodedBytes(count: count) { (target: UnsafeMutableRawBufferPointer) in
            for index in target.indices {
                target[index] = UInt8(truncatingIfNeeded: index &* 167 &+ index >> 8)
            }
        }
    }

    @Test(
        "have the announced length and decode to the image",
        arguments: [0, 1, 2, 3, 4, 47, 48, 49, 1000, 65_537])
    func roundTrip(_ count: Int) throws {
        let bytes = Self.bytes(count)
        for type in MediaType.allCases {
            let uri = DataURI(mediaType: type, bytes: bytes)
            let text = uri.string
            #expect(text.utf8.count == uri.length)
            #expect(text.hasPrefix("data:\(type.rawValue);base64,"))
            let data = try #require(Data(base64Encoded: String(text.dropFirst(uri.prefix.count))))
            #expect([UInt8](data) == bytes.array)
        }
    }

    @Test("give the same text in chunks of any size", arguments: [1, 64, 67, 100, 4096, 1 << 20])
    func chunks(_ size: Int) throws {
        let uri = DataURI(mediaType: .png, bytes: Self.bytes(10_001))
        var text: [UInt8] = []
        var largest = 0
        uri.write(chunkSize: size) { chunk in
            largest = max(largest, chunk.count)
            text += chunk
        }
        #expect(String(decoding: text, as: UTF8.self) == uri.string)
        #expect(largest <= max(size, 64))
    }

    @Test("agree with Foundation's encoder")
    func foundation() throws {
        let bytes = Self.bytes(3000)
        #expect(
            DataURI(mediaType: .webp, bytes: bytes).string == "data:image/webp;base64,"
                + Data(bytes.array).base64EncodedString())
    }

    @Test("never print the image")
    func redaction() throws {
        let uri = DataURI(mediaType: .jpeg, bytes: Self.bytes(5000))
        #expect("\(uri)" == "data:image/jpeg;base64,<5000 bytes>")
        #expect(String(reflecting: uri) == "data:image/jpeg;base64,<5000 bytes>")
        var dumped = ""
        dump(uri, to: &dumped)
        #expect(dumped.utf8.count < 200)
    }

    @Test("rethrow the errors of the sink")
    func failingSink() throws {
        struct Full: Error {}
        let uri = DataURI(mediaType: .jpeg, bytes: Self.bytes(500_000))
        var chunks = 0
        #expect(throws: Full.self) {
            try uri.write { _ throws(Full) in
                chunks += 1
                if chunks == 3 { throw Full() }
            }
        }
        #expect(chunks == 3)
    }
}
