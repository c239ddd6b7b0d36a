import Cryptography
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The page at `/`, rendered anew for each request: the requests received, their images, their
/// outcomes and their cost.
struct Page: Sendable {
    let requests: [RecordedRequest]
    let entries: [LedgerEntry]
    /// The rules, in the form of `GET /_emulator/faults`.
    let faults: JSONValue

    /// The whole document. It loads nothing but its own thumbnails; its script reloads the page
    /// every second.
    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Seedream emulator</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main id="page">
        <h1>Seedream emulator</h1>
        \(totals)
        \(rules)
        \(table)
        </main>
        <script>\(Self.script)</script>
        </body>
        </html>
        """
    }

    /// The `Content-Security-Policy` of the page: only its own script, identified by its digest,
    /// and its own images. A text that escaped escaping could therefore not run code.
    static let securityPolicy: String = {
        let digest = Data(SHA256Digest(Array(script.utf8)).bytes).base64EncodedString()
        return
            "default-src 'none'; script-src 'sha256-\(digest)'; style-src 'unsafe-inline'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }()

    private var totals: String {
        let billed = entries.filter { $0.state == .billed }
        var costs: [String: Double] = [:]
        for entry in billed { costs[entry.unit, default: 0] += entry.cost }
        let cost = costs.sorted { $0.key < $1.key }.map { "\(Self.number($0.value)) \($0.key)" }
        let bodies = Dictionary(grouping: entries) { "\($0.provider.rawValue) \($0.bodySHA256)" }
        let twice = bodies.values.reduce(0) { $0 + $1.count - 1 }
        func figure(_ name: String, _ value: String, isBad: Bool = false) -> String {
            "<div\(isBad ? " class=\"bad\"" : "")><dt>\(name)</dt><dd>\(Self.escaped(value))</dd></div>"
        }
        return "<dl>"
            + figure("requests", "\(requests.last?.number ?? 0)") + figure("accepted", "\(entries.count)")
            + figure("billed", "\(billed.count)")
            + figure("images", "\(billed.reduce(0) { $0 + $1.images })")
            + figure("billed total", cost.isEmpty ? "nothing" : cost.joined(separator: ", "))
            + figure("bought twice", "\(twice)", isBad: twice > 0) + "</dl>"
    }

    private var rules: String {
        let rules = (faults.array ?? []).map { rule in
            "<li><code>\(Self.escaped(rule["operation"]?.string ?? ""))</code> \(Self.escaped(rule["fault"]?.string ?? "")), struck: \(rule["struck"]?.integer ?? 0)</li>"
        }
        return rules.isEmpty ? "" : "<h2>Faults in force</h2><ul>\(rules.joined())</ul>"
    }

    private var table: String {
        guard !requests.isEmpty else {
            return
                "<p>Nothing has arrived yet. The base URLs are <code>/fal</code>, <code>/aiml</code>, <code>/onerouter</code>, <code>/apiframe</code> and <code>/ark</code>.</p>"
        }
        let states = Dictionary(entries.map { ($0.requestID, $0) }, uniquingKeysWith: { $1 })
        return """
            <table>
            <colgroup><col style="width:3rem"><col style="width:27%"><col style="width:8rem"><col style="width:26%"><col><col style="width:7rem"></colgroup>
            <thead><tr><th>#</th><th>request</th><th>response</th><th>images</th><th>prompt and settings</th><th>billing</th></tr></thead>
            <tbody>\(folded.map { row($0.last, times: $0.times, states[$0.last.requestID ?? ""]) }.joined())</tbody>
            </table>
            """
    }

    /// The requests, newest first; repeated GET requests of a path share one row.
    private var folded: [(last: RecordedRequest, times: Int)] {
        var rows: [(last: RecordedRequest, times: Int)] = []
        var places: [String: Int] = [:]
        for request in requests.reversed() {
            let path = request.target.prefix { $0 != "?" }
            if request.method == "GET", let place = places[String(path)] {
                rows[place].times += 1
            } else {
                if request.method == "GET" { places[String(path)] = rows.count }
                rows.append((request, 1))
            }
        }
        return rows
    }

    private func row(_ request: RecordedRequest, times: Int, _ entry: LedgerEntry?) -> String {
        let isPaid = entry != nil && request.operation == entry?.operation
        let status =
            request.status.map { "<b class=\"s\($0 / 100)\">\($0)</b>" }
            ?? (request.faults.isEmpty || request.seconds == nil ? "<i>open</i>" : "<b class=\"s5\">cut</b>")
        let time = request.seconds.map { " \(Self.number(($0 * 1000).rounded())) ms" } ?? ""
        let faults = request.faults.map { "<span class=\"fault\">\(Self.escaped($0))</span>" }.joined(
            separator: " ")
        let images = request.inputs.enumerated().map { index, description in
            "<figure><img src=\"/_emulator/requests/\(request.number)/images/\(index)\" alt=\"image \(index + 1)\" title=\"\(Self.escaped(description))\"><figcaption>\(index + 1)</figcaption></figure>"
        }.joined()
        let billing =
            entry.map { entry in
                isPaid
                    ? "<span class=\"\(entry.state.rawValue)\">\(entry.state.rawValue)</span>"
                        + (entry.state == .billed
                            ? "<br>\(Self.number(entry.cost)) \(Self.escaped(entry.unit))" : "")
                    : ""
            } ?? ""
        return """
            <tr><td>\(request.number)</td>
            <td><b>\(Self.escaped(request.operation ?? "?"))</b>\(times > 1 ? " ×\(times)" : "")<br><code>\(Self.escaped(request.method)) \(Self.escaped(Self.shown(request.target)))</code></td>
            <td class="tight">\(status)\(time)<br>\(faults)</td>
            <td class="images">\(images)</td>
            <td>\(summary(request))</td>
            <td class="tight">\(billing)</td></tr>
            """
    }

    /// Returns the prompt and the other members of the body except arrays, each cut to a readable
    /// length.
    private func summary(_ request: RecordedRequest) -> String {
        guard let members = request.body?.object else {
            return request.bodyBytes > 0 ? "\(request.bodyBytes) bytes" : ""
        }
        let others = members.filter { $0.key != "prompt" && $0.value.array == nil }.sorted { $0.key < $1.key }
            .map { "\($0.key) \(String($0.value.text.prefix(80)))" }
        let prompt =
            members["prompt"]?.string.map { "<q>\(Self.escaped(String($0.prefix(300))))</q><br>" } ?? ""
        return prompt + "<small>\(Self.escaped(others.joined(separator: ", ")))</small>"
    }

    /// Returns a target without this machine's own address.
    private static func shown(_ target: String) -> String {
        let isLocal = ["127.0.0.1", "localhost", "[::1]"].contains { target.hasPrefix($0) }
        return String((isLocal ? target.drop { $0 != "/" } : target[...]).prefix(160))
    }

    /// Returns a number with at most three decimals and without trailing zeros.
    private static func number(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let (whole, fraction) = (thousandths / 1000, thousandths % 1000)
        guard fraction != 0 else { return "\(whole)" }
        var digits = "\(1000 + fraction)".dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    /// Returns received text with the characters escaped that are special in HTML.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8882; }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 0; }
        main { max-width: 1280px; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.4rem; margin: 0 0 1rem; }
        h2 { font-size: 1rem; margin: 1rem 0 .3rem; }
        dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; }
        dl div { background: var(--soft); border-radius: 8px; padding: .5rem .9rem; }
        dl .bad { background: #d33; color: #fff; }
        dt { font-size: .8rem; opacity: .75; } dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
        table { border-collapse: collapse; width: 100%; table-layout: fixed; }
        th { text-align: left; font-size: .8rem; opacity: .75; }
        th, td { padding: .5rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        code { font-size: .8rem; overflow-wrap: anywhere; }
        .tight { white-space: nowrap; }
        q, small { overflow-wrap: anywhere; }
        figure { display: inline-block; position: relative; margin: 0 4px 4px 0; }
        figure img { height: 64px; border-radius: 4px; display: block; }
        figcaption { position: absolute; left: 0; top: 0; background: #000c; color: #fff; font-size: .75rem;
          padding: 0 .35rem; border-radius: 4px 0 4px 0; }
        .s2 { color: #2a8a3e; } .s3 { color: #a60; } .s4, .s5 { color: #d33; }
        .fault { background: #d332; color: #d33; border-radius: 4px; padding: 0 .35rem; font-size: .8rem; }
        .billed { color: #2a8a3e; font-weight: 600; } .released { opacity: .7; } .accepted { color: #a60; }
        """

    private static let script = """
        setInterval(async () => {
          try {
            const text = await (await fetch('/')).text();
            const next = new DOMParser().parseFromString(text, 'text/html').getElementById('page');
            const page = document.getElementById('page');
            if (next && next.innerHTML !== page.innerHTML) page.replaceWith(next);
          } catch {}
        }, 1000);
        """
}
