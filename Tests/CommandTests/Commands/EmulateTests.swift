import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite("seedream emulate")
struct EmulateTests {
    #if Emulator
    private static func status(_ url: String) async throws -> Int {
        let request = URLRequest(url: try #require(URL(string: url)), timeoutInterval: 300)
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode ?? 0
    }

    @Test(
        "prints its address, replies there, and ends with 0 on an interrupt",
        arguments: [SIGINT, SIGTERM])
    func life(_ signal: Int32) async throws {
        let emulate = try await EmulateCommand.start()
        let address = emulate.announcement
        #expect(address.schema == 1)
        #expect(address.page == "http://127.0.0.1:\(address.port)/")
        #expect(Set(address.providers.keys) == ["fal", "aiml", "onerouter", "apiframe", "ark"])
        #expect(address.certificateAuthority == nil)
        #expect(try await Self.status(address.page) == 200)
        #expect(try await Self.status(address.page + "_emulator/health") == 200)
        #expect(try await emulate.end(signal).status == 0)
        await #expect(throws: (any Error).self) { try await Self.status(address.page) }
    }

    @Test("emulates only the named providers")
    func providers() async throws {
        let emulate = try await EmulateCommand.start(["--provider", "ark", "--provider", "aiml"])
        let address = emulate.announcement
        #expect(Set(address.providers.keys) == ["aiml", "ark"])
        #expect(try await Self.status(address.page + "fal/rest/.well-known/jwks.json") == 404)
        #expect(try await emulate.end().status == 0)
    }

    @Test("an occupied port is a configuration error that names address and port")
    func portInUse() async throws {
        let emulate = try await EmulateCommand.start()
        let address = emulate.announcement
        let second = try await seedream("emulate", "--port", "\(address.port)")
        #expect(second.status == 78)
        #expect(second.errors.hasPrefix("error: port \(address.port) of 127.0.0.1 cannot be opened: "))
        #expect(second.errors.contains("\n  hint: choose another --port"))
        try await emulate.end()
    }

    @Test("writes the certificate that clients must trust")
    func certificate() async throws {
        let folder = try TemporaryFolder()
        let emulate = try await EmulateCommand.start(["--tls", "--ca-file", folder.file("ca.pem")])
        let pem = try String(contentsOfFile: folder.file("ca.pem"), encoding: .utf8)
        #expect(pem.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(emulate.announcement.certificateAuthority == pem)
        #expect(try await emulate.end().status == 0)
        let nowhere = try await seedream(
            "emulate", "--tls", "--ca-file", folder.file("no/such/folder/ca.pem"))
        #expect(nowhere.status == 73)
        #expect(nowhere.errors.contains("the certificate cannot be written"))
    }

    @Test("invalid rules are refused before anything is opened")
    func faults() async throws {
        let folder = try TemporaryFolder()
        let missing = try await seedream("emulate", "--faults", folder.file("none.json"))
        #expect(missing.status == 78)
        #expect(missing.errors.contains("none.json: the rules cannot be read"))
        try Data(#"{"rules":[{"operation":"*","fault":"explode"}]}"#.utf8)
            .write(to: URL(fileURLWithPath: folder.file("wrong.json")))
        let wrong = try await seedream("emulate", "--faults", folder.file("wrong.json"))
        #expect(wrong.status == 78)
        #expect(wrong.errors.contains(#"wrong.json: rules[0].fault: there is no fault "explode""#))
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder.file("broken.json")))
        #expect(try await seedream("emulate", "--faults", folder.file("broken.json")).status == 78)
    }

    @Test(
        "a wrong command line ends with 64, and its first line names the option and what was found",
        arguments: [
            (["--provider", "nobody"], ["--provider: expected", "fal, aiml", "\"nobody\""]),
            (["--port", "70000"], ["--port: expected 0 to 65535, found 70000"]),
            (["--port=-1"], ["--port: expected 0 to 65535, found -1"]),
            // The rest of the message is the library's.
            (["--port", "-1"], ["'--port"]),
            (["--ca-file", "x"], ["--ca-file", "--tls"]),
            (["--credits=-1"], ["--credits: expected 0 or more, found -1"]),
            (["--concurrent-runs", "0"], ["--concurrent-runs: expected 1 or more, found 0"]),
            (["--queue-time=-1"], ["--queue-time: expected 0 to 86400, found -1"]),
            (["--generation-time", "nan"], ["--generation-time: expected 0 to 86400, found nan"]),
        ])
    func usage(_ arguments: [String], _ words: [String]) async throws {
        let result = try await CommandRunner().run(["emulate"] + arguments)
        #expect(result.status == 64)
        #expect(result.text == "")
        let line = result.errorLines.first ?? ""
        for word in words { #expect(line.contains(word), "\(line)") }
    }
    #else
    @Test("is refused without the trait, with a hint on how to build it")
    func refused() async throws {
        let result = try await seedream("emulate")
        #expect(result.status == 78)
        #expect(
            result.errors == """
                error: this seedream was built without the emulator
                  hint: build it with: swift build -c release --product seedream --traits default,Emulator

                """)
    }
    #endif
}
