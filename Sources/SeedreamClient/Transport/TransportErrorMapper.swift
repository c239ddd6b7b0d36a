#if Client
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Platform
import SeedreamModel

/// Maps the errors of AsyncHTTPClient, SwiftNIO and BoringSSL to ``TransportError``. Their texts
/// are not passed on: they quote header fields and URLs.
struct TransportErrorMapper: Sendable {
    /// The host and port for messages, never path or query.
    let host: String
    let readTimeout: Double
    let writeTimeout: Double
    let totalTimeout: Double?
    let connectTimeout: Double
    let proxy: ProxyAddress?

    /// The meaning of a library's error.
    private struct Reading {
        var kind: TransportError.Kind
        /// The event that happened to the host.
        var message: String
        /// Whether the error occurs only before a request is given to a connection.
        var isBefore = false
        /// Whether the event happened to the proxy instead, which `message` then names.
        var isOfProxy = false
        var remedy: Remedy?

        init(_ kind: TransportError.Kind, _ message: String) { (self.kind, self.message) = (kind, message) }

        var before: Reading {
            var reading = self
            reading.isBefore = true
            return reading
        }

        func hinting(_ remedy: Remedy) -> Reading {
            var reading = self
            reading.remedy = remedy
            return reading
        }
    }

    /// Returns the transport error for a library's error.
    ///
    /// - Parameter mayHaveArrived: Whether the request may have arrived, if known; `nil` to
    ///   conclude it from the kind of error.
    func error(for error: any Error, mayHaveArrived: Bool?) -> any Error {
        if error is CancellationError || error is TransportError { return error }
        var reading = read(error, isConnected: mayHaveArrived ?? true)
        if mayHaveArrived == false, [.connectionLost, .malformed].contains(reading.kind) {
            // There was no connection to the host yet.
            if proxy != nil {
                reading = ofProxy("closed the connection before it reached the host")
            } else {
                reading.kind = .connect
            }
        }
        return TransportError(
            reading.kind, mayHaveArrived: mayHaveArrived ?? !reading.isBefore,
            message: reading.isOfProxy ? reading.message : "\(host): \(reading.message)",
            remedy: reading.remedy)
    }

    /// The error for a reply that is incomplete at the total timeout.
    var outOfTime: TransportError {
        TransportError(
            .timeout, mayHaveArrived: true,
            message:
                "\(host): expected the reply within \(Self.text(totalTimeout ?? 0)) s, found it incomplete")
    }

    /// The error for a server that accepts no more of the body.
    var stalled: TransportError {
        TransportError(
            .timeout, mayHaveArrived: true,
            message: "\(host): the server accepted no byte for \(Self.text(writeTimeout)) s")
    }

    /// Whether an error reports a rejected certificate, without the reason.
    static func isUntrusted(_ error: any Error) -> Bool { "\(error)".contains("CERTIFICATE_VERIFY_FAILED") }

    /// Whether an error reports that a host name (the host's or the proxy's) has no address,
    /// without the reason.
    static func isUnresolved(_ error: any Error) -> Bool {
        switch error {
        case is SocketAddressError: true
        case let error as NIOConnectionError: error.connectionErrors.isEmpty
        default: false
        }
    }

    private func read(_ error: any Error, isConnected: Bool) -> Reading {
        switch error {
        case let error as HTTPClientError: read(error)
        case let error as NIOConnectionError: read(error)
        case is SocketAddressError: noAddress
        case let error as ReplyGuard.Refusal: Reading(.malformed, error.message)
        case let error as HTTPParserError:
            error == .invalidEOFState
                ? Reading(.connectionLost, "the connection ended within the reply")
                : Reading(.malformed, "the reply is not HTTP")
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            Reading(.malformed, "the compressed reply is damaged")
        case ChannelError.connectTimeout: noConnection
        case is ChannelError: Reading(.connectionLost, "the connection ended")
        case let error as IOError:
            isConnected
                ? Reading(.connectionLost, "the connection \(Self.predicate(error.errnoCode))")
                : unreachable(error.errnoCode)
        case NIOSSLError.uncleanShutdown:
            Reading(.connectionLost, "the connection ended within the reply")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: tls(error)
        default:
            isConnected
                ? Reading(.connectionLost, "the connection failed (\(type(of: error)))")
                : proxy == nil
                    ? Reading(.connect, "no connection was established (\(type(of: error)))")
                    : ofProxy("did not connect (\(type(of: error)))")
        }
    }

    private func read(_ error: HTTPClientError) -> Reading {
        switch error {
        case .readTimeout: Reading(.timeout, "received no byte for \(Self.text(readTimeout)) s")
        case .deadlineExceeded:
            Reading(.timeout, "expected the reply within \(Self.text(totalTimeout ?? 0)) s, found none")
        case .connectTimeout, .getConnectionFromPoolTimeout: noConnection
        case .tlsHandshakeTimeout:
            Reading(.tls, "no TLS connection within \(Self.text(connectTimeout)) s").before
        case .proxyAuthenticationRequired:
            ofProxy("asks for user and password")
                .hinting("give them in the proxy's URL: http://user:password@host:port")
        case .invalidProxyResponse:
            ofProxy("refuses to connect to \(host)")
                .hinting(
                    "ask the proxy's administrator, or add the host to NO_PROXY if it can be reached directly"
                )
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            ofProxy("did not answer within \(Self.text(connectTimeout)) s")
        case .remoteConnectionClosed, .uncleanShutdown, .cancelled, .requestStreamCancelled:
            Reading(.connectionLost, "the connection ended before the reply")
        case .alreadyShutdown: Reading(.connect, "the transport was shut down").before
        case .invalidURL, .emptyHost, .emptyScheme: Reading(.connect, "the URL cannot be called").before
        // The short description never contains a value of the request.
        default: Reading(.malformed, error.shortDescription.lowercased())
        }
    }

    private func read(_ error: NIOConnectionError) -> Reading {
        guard let first = error.connectionErrors.first?.error else { return noAddress }
        if case ChannelError.connectTimeout = first { return noConnection }
        guard let failure = first as? IOError else {
            return proxy == nil
                ? Reading(.connect, "no connection was established").before : ofProxy("did not connect")
        }
        return unreachable(failure.errnoCode)
    }

    /// Returns the reading of a failure at the proxy.
    private func ofProxy(_ predicate: String) -> Reading {
        guard let proxy else { return Reading(.proxy, predicate).before }
        let name = proxy.host.contains(":") ? "[\(proxy.host)]" : proxy.host
        var reading = Reading(.proxy, "the proxy \(name):\(proxy.port) \(predicate)").before
        reading.isOfProxy = true
        reading.remedy = "check that the proxy runs, and its address in \(.proxy) or in HTTPS_PROXY"
        return reading
    }

    private var noAddress: Reading {
        proxy == nil
            ? Reading(.nameResolution, "the name has no address").before
            : ofProxy("has a host name without an address")
    }

    private var noConnection: Reading {
        let time = "\(Self.text(connectTimeout)) s"
        return proxy == nil
            ? Reading(.connect, "no connection within \(time)").before
            : ofProxy("accepted no connection within \(time)")
    }

    /// Returns the reading of a failed connection to the host, or to the proxy before it.
    private func unreachable(_ code: Int32) -> Reading {
        switch code {
        case EMFILE, ENFILE:
            // Neither the network nor the proxy is the cause.
            return Reading(.connect, "no file descriptor is left for a connection").before
                .hinting(
                    "raise the limit of open files, for example with `ulimit -n 256`, or use fewer at the same time"
                )
        case ENOBUFS, ENOMEM:
            return Reading(.connect, "no memory is left for a connection").before
        case ENETUNREACH, ENETDOWN:
            return Reading(.connect, "the network cannot be reached").before
                .hinting("check that this machine is connected to a network")
        case EACCES, EPERM:
            return Reading(.connect, "this machine does not allow the connection").before
                .hinting("check the firewall of this machine")
        default: break
        }
        guard proxy != nil else { return Reading(.connect, Self.sentence(code)).before }
        switch code {
        case ECONNREFUSED: return ofProxy("refused the connection")
        case EHOSTUNREACH: return ofProxy("cannot be reached")
        default: return ofProxy("cannot be reached: the connection \(Self.predicate(code))")
        }
    }

    private static func sentence(_ code: Int32) -> String {
        code == EHOSTUNREACH ? "there is no route to the host" : "the connection \(predicate(code))"
    }

    private static func predicate(_ code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "was refused"
        case ECONNRESET, EPIPE: "was reset"
        case ETIMEDOUT: "timed out"
        default: "failed (error \(code))"
        }
    }

    private func tls(_ error: any Error) -> Reading {
        // BoringSSL reports its reasons as text only.
        let words = "\(error)"
        func has(_ reasons: String...) -> Bool { reasons.contains { words.contains($0) } }
        if Self.isUntrusted(error) {
            return Reading(.tls, "\(CertificateFinding([]))").before.hinting(CertificateFinding([]).remedy)
        }
        if error is NIOSSLExtraError || has("unableToValidateCertificate") {
            return Reading(.tls, "the certificate is for another host name").before
                .hinting("check the base URL; behind a proxy, ask the proxy's administrator")
        }
        if has("EOF during handshake") {
            return Reading(.connect, "the connection ended in the TLS handshake").before
        }
        if has("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST") {
            return Reading(.tls, "expected TLS, found something else on this port").before
                .hinting("check the port; for a server of your own without TLS, use an http URL")
        }
        if has("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION") {
            return Reading(.tls, "expected TLS 1.2 or later, found an earlier version").before
        }
        var reading = Reading(.tls, "TLS negotiation failed")
        if case NIOSSLError.handshakeFailed = error { reading = reading.before }
        return reading
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() && seconds < 1e6 ? "\(Int(seconds))" : "\(seconds)"
    }
}
#endif
