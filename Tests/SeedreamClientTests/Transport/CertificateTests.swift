#if Client && Emulator
import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamCommand
import SeedreamEmulator
import SeedreamModel
import Testing
import TestSupport

@Suite("refused certificates")
struct CertificateTests {
    /// A server's certificate.
    enum Kind: Hashable, Sendable, CaseIterable {
        case good, expired, notYetValid, otherHost, selfSigned, selfSignedAuthority
    }

    private static let day = 86_400

    private static func identity(_ kind: Kind, _ authority: CertificateAuthority) throws
        -> CertificateAuthority.Identity
    {
        let hosts = ["localhost", "rest.fal.ai"]
        return switch kind {
        case .good: try authority.identity(hosts: hosts, addresses: ["127.0.0.1"])
        case .expired:
            try authority.identity(hosts: hosts, addresses: ["127.0.0.1"], validity: -2 * day ... -day)
        case .notYetValid:
            try authority.identity(hosts: hosts, addresses: ["127.0.0.1"], validity: day...2 * day)
        case .otherHost: try authority.identity(hosts: ["other.example"], addresses: ["10.0.0.1"])
        case .selfSigned, .selfSignedAuthority:
            try CertificateAuthority.selfSigned(
                hosts: hosts, addresses: ["127.0.0.1"], isAuthority: kind == .selfSignedAuthority)
        }
    }

    /// The certificate, whether its authority is trusted, and the expected message and hint.
    static let cases: [(Kind, Bool, said: String?, advice: String)] = [
        (.good, true, nil, ""),
        (.good, false, "the certificate is from an authority that is not trusted here", "`--ca-file FILE`"),
        (.expired, true, "the certificate expired at 20", "clock"),
        (.expired, false, "the certificate expired at 20", "clock"),
        (.notYetValid, true, "the certificate is not valid before 20", "clock"),
        (.otherHost, true, "the certificate is for another host name", "base URL"),
        (
            .selfSignedAuthority, false, "the certificate is self-signed and not trusted here",
            "pass its certificate with `--ca-file FILE`"
        ),
        (.selfSignedAuthority, true, nil, ""),
        (
            .selfSigned, false, "the certificate is self-signed and not trusted here",
            "create a certificate with CA:TRUE"
        ),
        (
            .selfSigned, true, "the certificate is self-signed and not trusted here",
            "create a certificate with CA:TRUE"
        ),
    ]

    @Test("each has its own message, and a hint that solves it", arguments: cases)
    func sentences(_ kind: Kind, _ isTrusted: Bool, _ said: String?, _ advice: String) async throws {
        let authority = try CertificateAuthority(commonName: "an authority of a test")
        let identity = try Self.identity(kind, authority)
        try await Emulator.with({ ($0.usesTLS, $0.identity) = (true, identity) }) { emulator in
            let folder = try TemporaryFolder()
            var configuration = AsyncHTTPTransportTests.direct
            if isTrusted {
                let pem = [.selfSigned, .selfSignedAuthority].contains(kind) ? identity.chain : authority.pem
                configuration.trustRoots = try folder.write(Array(pem.utf8), as: "ca.pem")
            }
            var proxied = configuration
            proxied.proxy = .address(try ProxyAddress("127.0.0.1:\(emulator.port)"))
            for (url, configuration) in [
                ("https://localhost:\(emulator.port)/_emulator/health", configuration),
                ("https://127.0.0.1:\(emulator.port)/_emulator/health", configuration),
                ("https://rest.fal.ai/.well-known/jwks.json", proxied),
            ] {
                for isFresh in [false, true] {
                    var request = OutgoingRequest(.get, "\(url)?token=secret")
                    request.needsFreshConnection = isFresh
                    guard let said else {
                        let status = try await AsyncHTTPTransportTests.with(configuration) {
                            try await $0.send(request).head.status.code
                        }
                        #expect(status == 200)
                        continue
                    }
                    let error = try #require(
                        try await AsyncHTTPTransportTests.failure(request, configuration))
                    #expect(error.kind == .tls)
                    #expect(!error.mayHaveArrived)
                    #expect(error.message.contains(": \(said)"), "\(url): \(error)")
                    let remedy = error.remedy?.text(in: .command) ?? ""
                    #expect(remedy.contains(advice), "\(remedy)")
                    #expect(!error.message.contains("secret"))
                }
            }
            #expect(await emulator.requests.isEmpty == (said != nil))
        }
    }

    @Test("the command prints the message and the hint, which works")
    func command() async throws {
        try await Emulator.with({ $0.usesTLS = true }) { emulator in
            let folder = try TemporaryFolder()
            var runner = CommandRunner()
            runner.environment = ["FAL_KEY": "a:b", "XDG_STATE_HOME": folder.file("state")]
            let arguments = [
                "generate", "a dog", "--base-url", "https://localhost:\(emulator.port)/fal", "-o",
                folder.file("out"), "--ledger", folder.file("jobs.sqlite"),
            ]
            let refused = try await runner.run(arguments)
            #expect(refused.status == 69)
            #expect(refused.errors.contains("the certificate is from an authority that is not trusted here"))
            #expect(refused.errors.contains("`--ca-file FILE`"))
            let pem = try folder.write(Array(try #require(emulator.certificateAuthority).utf8), as: "ca.pem")
            #expect(try await runner.run(arguments + ["--ca-file", pem]).status == 0)
            #expect(await emulator.ledger.count == 1)
        }
    }
}
#endif
