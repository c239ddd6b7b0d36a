#if Client
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Puts what AsyncHTTPClient, SwiftNIO and BoringSSL throw into our words. Theirs are not passed on: they quote header fields and URLs.
struct FailureReader: Sendable {
    /// Whom the message names: host and port, never path or query.
    let host: String
    let readTimeout: Double
    let writeTimeout: Double
    let totalTimeout: Double?
    let connectTimeout: Double
    let hasProxy: Bool

    /// The error that `error` stands for.
    ///
    /// - Parameter mayHaveArrived: What is known of it; `nil`: only what the kind of error proves.
    func error(for error: any Error, mayHaveArrived: Bool?) -> any Error {
        if error is CancellationError || error is TransportError { return error }
        var (kind, message, isBefore) = read(error, isConnected: mayHaveArrived ?? true)
        if mayHaveArrived == false, [.connectionLost, .malformed].contains(kind) {
            // There was no connection to lose yet.
            kind = hasProxy ? .proxy : .connect
        }
        return TransportError(
            kind, mayHaveArrived: mayHaveArrived ?? !isBefore, message: "\(host): \(message)")
    }

    /// The time for everything is up.
    var outOfTime: TransportError {
        TransportError(
            .timeout, mayHaveArrived: true,
            message:
                "\(host): expected the reply within \(Self.text(totalTimeout ?? 0)) s, found it unfinished")
    }

    /// The host takes no more of the body.
    var stalled: TransportError {
        TransportError(
            .timeout, mayHaveArrived: true,
            message: "\(host): no byte was taken for \(Self.text(writeTimeout)) s")
    }

    /// Kind, message, and whether this is thrown only before a request is given to a connection.
    private func read(_ error: any Error, isConnected: Bool) -> (TransportError.Kind, String, Bool) {
        switch error {
        case let error as HTTPClientError: read(error)
        case let error as NIOConnectionError: read(error)
        case is SocketAddressError: (.nameResolution, "the name has no address", true)
        case let error as HTTPParserError:
            error == .invalidEOFState
                ? (.connectionLost, "the connection ended within the reply", false)
                : (.malformed, "what came is no HTTP", false)
        case ChannelError.connectTimeout: (.connect, noConnection, true)
        case is ChannelError: (.connectionLost, "the connection ended", false)
        case let error as IOError:
            isConnected
                ? (.connectionLost, Self.text(error), false)
                : (hasProxy ? .proxy : .connect, Self.text(error), false)
        case NIOSSLError.uncleanShutdown: (.connectionLost, "the connection ended within the reply", false)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: (.tls, Self.tls(error), false)
        default:
            isConnected
                ? (.connectionLost, "the connection failed (\(type(of: error)))", false)
                : (hasProxy ? .proxy : .connect, "no connection was made (\(type(of: error)))", false)
        }
    }

    private func read(_ error: HTTPClientError) -> (TransportError.Kind, String, Bool) {
        switch error {
        case .readTimeout:
            (.timeout, "no byte came for \(Self.text(readTimeout)) s", false)
        case .deadlineExceeded:
            (
                .timeout,
                "expected the reply within \(Self.text(totalTimeout ?? 0)) s, found none", false
            )
        case .connectTimeout, .getConnectionFromPoolTimeout: (.connect, noConnection, true)
        case .tlsHandshakeTimeout: (.tls, "no TLS within \(Self.text(connectTimeout)) s", true)
        case .proxyAuthenticationRequired: (.proxy, "the proxy asks for user and password", true)
        case .invalidProxyResponse: (.proxy, "the proxy refuses to connect", true)
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            (.proxy, "no answer of the proxy within \(Self.text(connectTimeout)) s", true)
        case .remoteConnectionClosed, .uncleanShutdown, .cancelled, .requestStreamCancelled:
            (.connectionLost, "the connection ended before the reply", false)
        case .alreadyShutdown: (.connect, "the transport was shut down", true)
        case .invalidURL, .emptyHost, .emptyScheme: (.connect, "the URL cannot be called", true)
        // The short description never holds a value of the request.
        default: (.malformed, error.shortDescription.lowercased(), false)
        }
    }

    private func read(_ error: NIOConnectionError) -> (TransportError.Kind, String, Bool) {
        guard let first = error.connectionErrors.first?.error else {
            return (.nameResolution, "the name has no address", true)
        }
        if case ChannelError.connectTimeout = first { return (.connect, noConnection, true) }
        let reason = (first as? IOError).map(Self.text) ?? "no connection was made"
        return (hasProxy ? .proxy : .connect, reason, true)
    }

    private var noConnection: String { "no connection within \(Self.text(connectTimeout)) s" }

    private static func text(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "the connection was refused"
        case ECONNRESET, EPIPE: "the connection was reset"
        case EHOSTUNREACH, ENETUNREACH: "there is no way to the host"
        case ETIMEDOUT: "the connection timed out"
        default: "the connection failed (error \(error.errnoCode))"
        }
    }

    private static func tls(_ error: any Error) -> String {
        let words = "\(error)"
        return words.contains("CERTIFICATE_VERIFY_FAILED") || error is NIOSSLExtraError
            ? "the certificate is not to be trusted" : "no TLS was agreed on"
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() && seconds < 1e6 ? "\(Int(seconds))" : "\(seconds)"
    }
}
#endif
