/// Why an input was not fetched from its URL.
package struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure.
    package enum Kind: Hashable, Sendable {
        /// It is no URL that is fetched.
        case url
        /// It leads to where nothing is fetched from.
        case forbidden
        /// It leads on too often, or to what must not be followed.
        case redirect
        /// The server answers with another status than 200.
        case status(Int)
        /// There are more bytes than allowed.
        case tooLarge
        case transport(TransportError.Kind)
    }

    /// What kind of failure.
    package var kind: Kind
    /// One line, lower case, without the query of the URL.
    package var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What to do.
    package var hint: String {
        switch kind {
        case .url: "give an http or https URL without user and password"
        case .forbidden, .redirect: "fetch the file yourself and pass its path"
        case .status: "check the URL in a browser; an address that expires may have"
        case .tooLarge: "fetch the file yourself, and reduce it"
        case .transport: "check the network and the URL, then try again"
        }
    }
}
