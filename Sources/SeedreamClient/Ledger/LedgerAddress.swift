import SeedreamModel

/// The text that names a ledger: the path of an SQLite file, or the URL of a PostgreSQL database.
package enum LedgerAddress: Hashable, Sendable {
    case file(String)
    case database(DatabaseURL)

    /// Reads a text. Anything that does not begin with `postgresql://` or `postgres://` is a path.
    package init(_ text: String) { self = DatabaseURL(text).map { .database($0) } ?? .file(text) }

    /// The text to show to people and to record: without a password.
    package var shown: String {
        switch self {
        case .file(let path): path
        case .database(let url): url.masked
        }
    }

    /// The text for a command line that is recorded or shown, to be repeated: without a password,
    /// which then has to come from `PGPASSWORD` or `~/.pgpass`.
    package var repeatable: String {
        switch self {
        case .file(let path): path
        case .database(let url): url.withoutPassword
        }
    }
}

/// The URL of a PostgreSQL database, which may contain a password.
///
/// It prints without the password, also in a debugger.
package struct DatabaseURL: Hashable, Sendable {
    /// The URL as it was given. Pass it only to libpq.
    let text: String
    /// `postgresql://user:***@host:port/database`, without the parameters after `?`.
    package let masked: String
    /// The URL without its password, with all other parameters.
    package let withoutPassword: String
    /// The password in each form in which a message could contain it.
    let secrets: [String]
    /// The reason why libpq would split the URL at the wrong place, and print a part of the
    /// password as the name of a host.
    let ambiguity: String?

    /// Returns `nil` for a text that is no URL of PostgreSQL.
    package init?(_ text: String) {
        let schemes = ["postgresql://", "postgres://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        self.text = text
        let rest = text.dropFirst(scheme.count)
        let query = rest.firstIndex(of: "?").map { rest[$0...].dropFirst() } ?? ""
        let location = rest.prefix { $0 != "?" }
        var (user, password, place) = ("", Substring?.none, location)
        // Everything before the last @ may belong to a password, even if libpq splits elsewhere.
        if let at = location.lastIndex(of: "@") {
            let credentials = location[..<at]
            place = location[location.index(after: at)...]
            user = String(credentials.prefix { $0 != ":" })
            if user.count < credentials.count { password = credentials.dropFirst(user.count + 1) }
        }
        let parameters = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
            .filter { !$0.isEmpty }
        let names = [
            "password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key",
        ]
        let inQuery = parameters.filter { $0.count == 2 && names.contains(String($0[0])) }.map { $0[1] }
        let all = ([password].compactMap { $0 } + inQuery).map(String.init).filter { !$0.isEmpty }
        secrets = Set(all + all.map(Self.decoded)).sorted { $0.utf8.count > $1.utf8.count }
        guard !Self.isUnreadable(rest) else {
            ambiguity = "write @, / and ? in the password as %40, %2F and %3F"
            (masked, withoutPassword) = ("postgresql://***", "postgresql://***")
            return
        }
        let isSplit = password?.contains { "@/".contains($0) } ?? false
        ambiguity =
            isSplit || user.contains("/") ? "write @ and / in the password as %40 and %2F" : nil
        let start = user.isEmpty && password == nil ? "" : user
        let hidden = all.isEmpty ? "" : ":***"
        masked = "postgresql://\(start)\(hidden)\(start.isEmpty && all.isEmpty ? "" : "@")\(place)"
        let kept = parameters.filter { !names.contains(String($0[0])) }
            .map { $0.joined(separator: "=") }.joined(separator: "&")
        withoutPassword =
            "postgresql://\(start)\(start.isEmpty ? "" : "@")\(place)\(kept.isEmpty ? "" : "?\(kept)")"
    }

    /// Returns whether a ? precedes the first @ and may belong to a password: libpq takes what
    /// precedes an @ as user and password, unless a / comes first.
    ///
    /// - Parameter rest: The URL without its scheme.
    private static func isUnreadable(_ rest: Substring) -> Bool {
        let start = rest.prefix { $0 != "?" }
        guard start.endIndex < rest.endIndex, !start.contains("@"), let at = rest.firstIndex(of: "@") else {
            return false
        }
        guard rest[..<at].contains("/") else { return true }
        // A password, where the number of a port would be.
        return start.prefix { $0 != "/" }.split(separator: ",").contains { host in
            guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return false }
            return !host[host.index(after: colon)...].allSatisfy(\.isNumber)
        }
    }

    /// Returns a text with its percent-encoded bytes decoded.
    private static func decoded(_ text: String) -> String {
        String(decoding: PercentEncoding.decode(text.utf8).bytes, as: UTF8.self)
    }

    /// Returns a message without the password.
    func hiding(_ message: String) -> String {
        secrets.reduce(message) { $0.replacing($1, with: "***") }
    }
}

extension DatabaseURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
