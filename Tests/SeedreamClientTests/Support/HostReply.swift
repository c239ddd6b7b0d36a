import HTTPTypes
import SeedreamClient
import SeedreamModel

/// Replies of a provider.
enum HostReply {
    static func json(_ value: JSONValue, status: Int = 200, _ fields: [String: String] = [:]) -> HTTPReply {
        text(value.text, status: status, type: "application/json", fields)
    }

    static func text(
        _ text: String, status: Int = 200, type: String = "text/html", _ fields: [String: String] = [:]
    ) -> HTTPReply {
        var head = HTTPResponse(status: .init(code: status))
        head.headerFields[.contentType] = type
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { head.headerFields[name] = value }
        }
        return HTTPReply(head: head, body: Array(text.utf8))
    }

    /// Unreadable replies in place of JSON: pages, nothing, half a reply, JSON of another kind.
    static let unreadable = [
        "", "<html><body>502 Bad Gateway</body></html>", #"{"data":[{"url":"https://cdn.exa"#, "null", "[]",
        "{}",
        "7", #""text""#, #"{"data":null}"#, #"{"data":[]}"#, #"{"data":{}}"#, #"{"data":[{"url":""}]}"#,
        #"{"data":[{"url":null}]}"#, #"{"data":[{"url":"file:///etc/passwd"}]}"#, #"{"data":[7]}"#,
        #"{"images":[]}"#, #"{"jobId":""}"#, #"{"jobId":7}"#,
    ]
}
