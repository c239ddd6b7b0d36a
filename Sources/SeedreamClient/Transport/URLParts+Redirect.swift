package import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension URLParts {
    /// The URL as errors show it: a query may give access to what it names.
    package var shown: String { "\(scheme)://\(authority)\(path.prefix { $0 != "?" })" }

    /// The whole URL.
    package var text: String { "\(scheme)://\(authority)\(path)" }

    /// The head of a request for it.
    package func head(_ method: HTTPRequest.Method, _ fields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: method, scheme: scheme, authority: authority, path: path, headerFields: fields)
    }

    /// Where a reply sends whoever asked for this URL.
    package enum Redirection: Hashable, Sendable {
        /// Nowhere.
        case none
        case to(URLParts)
        /// To what must not be followed, and why.
        case refused(String)
    }

    /// Reads a reply's redirect. Only http and https are followed, and never from https to http.
    package func redirection(in head: HTTPResponse) -> Redirection {
        guard [301, 302, 303, 307, 308].contains(head.status.code),
            let location = head.headerFields[.location]
        else { return .none }
        guard let base = URL(string: text), let joined = URL(string: location, relativeTo: base),
            let target = URLParts(joined.absoluteString)
        else { return .refused("expected a redirect to an http or https URL, found something else") }
        if scheme == "https", target.scheme == "http" {
            return .refused("expected a redirect to https, found http://\(target.authority)")
        }
        return .to(target)
    }
}
