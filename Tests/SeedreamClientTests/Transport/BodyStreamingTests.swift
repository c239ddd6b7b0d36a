#if Client && os(Linux)
import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("bodies are generated while they are sent", .serialized)
struct BodyStreamingTests {
    /// Zeros that take no memory until they are written, which never happens.
    private final class Zeros: Sendable {
        let count: Int
        private let address: UInt

        init(_ count: Int) throws {
            self.count = count
            let base = mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let base, base != MAP_FAILED else { throw POSIXError(.ENOMEM) }
            address = UInt(bitPattern: base)
        }

        deinit { munmap(UnsafeMutableRawPointer(bitPattern: address), count) }

        var bytes: EncodedBytes {
            EncodedBytes(
                UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count), in: self)
        }
    }

    /// Returns the resident memory of this process in bytes.
    private static func residentBytes() throws -> Int { try #require(ProcessStatus()?.bytes("VmRSS")) }

    @Test(
        "a server that does not read stops their generation, and memory does not grow with their length")
    func backPressure() async throws {
        // 300 MB of base64: generating or queuing it at once would show in the memory.
        let uri = DataURI(mediaType: .png, bytes: try Zeros(225 << 20).bytes)
        let body = WireValue.members(("image", .dataURI(uri))).body
        let (stalled, totals) = (Recorder<Bool>(), Recorder<Int>())
        let server = try RawServer { peer, _ in
            guard let request = peer.readHead() else { return }
            var count = request.body.count
            stalled.append(true)
            Thread.sleep(forTimeInterval: 1)
            let expected = request.fields["content-length"].flatMap { Int($0) } ?? 0
            while count < expected {
                let more = peer.read(1 << 20)
                if more.isEmpty { break }
                count += more.count
            }
            totals.append(count)
            peer.reply(200)
        }
        try await AsyncHTTPTransportTests.with { transport in
            var request = OutgoingRequest(.post, server.url)
            request.body = body
            request.needsFreshConnection = true
            let before = try Self.residentBytes()
            let sending = Task { [request] in try await transport.send(request).head.status.code }
            var most = 0
            _ = try await stalled.wait(for: 1)
            while totals.all.isEmpty {
                most = max(most, try Self.residentBytes() - before)
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await sending.value == 200)
            #expect(totals.all == [body.length])
            #expect(body.length >= 300 << 20)
            // Other tests may run at the same time; the body is twice as long.
            #expect(most < 150 << 20, "\(most >> 20) MiB more were resident")
        }
    }
}
#endif
