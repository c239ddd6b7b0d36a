#if Emulator
import SeedreamModel
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SeedreamEmulator

/// An emulator that takes 20 ms per image, and a client for it over a real socket.
struct RunningEmulator {
    let emulator: Emulator

    /// Starts an emulator, runs `body` and stops the emulator, even if `body` throws. It is the
    /// only way in which tests of this target start an emulator in their own process.
    static func with<Result>(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (RunningEmulator) async throws -> Result
    ) async throws -> Result {
        var configuration = EmulatorConfiguration()
        configuration.queueTime = 0.02
        configuration.generationTime = 0.02
        change(&configuration)
        let emulator = try await Emulator.start(configuration)
        do {
            let result = try await body(RunningEmulator(emulator: emulator))
            await emulator.stop()
            return result
        } catch {
            await emulator.stop()
            throw error
        }
    }

    /// Calls a path below `http://127.0.0.1:port/`.
    ///
    /// - Parameters:
    ///   - path: A path such as `"fal/run/fal-ai/bytedance/seedream/v4/edit"`, or a whole URL.
    ///   - headers: For `json`, `Content-Type: application/json` is added.
    func call(
        _ method: String, _ path: String, headers: [(String, String)] = [], json: JSONValue? = nil,
        body: [UInt8]? = nil, seconds: Int64 = 600
    ) async throws -> Reply {
        try await Self.call(
            method, path.contains("://") ? path : "http://127.0.0.1:\(emulator.port)/\(path)",
            headers: headers, json: json, body: body, seconds: seconds)
    }

    /// Calls a URL.
    static func call(
        _ method: String, _ url: String, headers: [(String, String)] = [], json: JSONValue? = nil,
        body: [UInt8]? = nil, seconds: Int64 = 600
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json.text))
        } else if let body {
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await client.execute(request, timeout: .seconds(seconds))
        let content = try await response.body.collect(upTo: 256 << 20)
        return Reply(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Array(content.readableBytesView))
    }

    /// A client that follows no redirect, and never retries.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // A busy machine connects slowly, and 50 simultaneous calls must not wait for each other's
        // connections.
        configuration.timeout.connect = .seconds(300)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()
}
#endif
