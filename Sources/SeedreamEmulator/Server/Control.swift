#if Emulator
import SeedreamModel
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The emulator's own paths: the page at `/`, and `/_emulator/…` for tests.
struct Control: Sendable {
    let state: EmulatorState
    let faults: FaultPlan
    /// The authority's certificate in PEM format; `nil` without TLS.
    let authority: String?

    func response(method: String, path: [String], body: [UInt8], isLocal: Bool) async -> EmulatedResponse {
        guard isLocal else {
            return .text("no emulated provider has this host name\n", type: "text/plain", status: 404)
        }
        let path = path.first == "_emulator" ? Array(path.dropFirst()) : path.isEmpty ? [""] : ["?"]
        switch (method, path) {
        case ("GET", [""]), ("HEAD", [""]):
            var page = EmulatedResponse.text(await page(), type: "text/html; charset=utf-8")
            page.headers += [
                ("Content-Security-Policy", Page.securityPolicy), ("X-Content-Type-Options", "nosniff"),
            ]
            return page
        case ("GET", ["ledger"]): return .json(await ledger())
        case ("GET", ["requests"]): return Self.encoded(await state.log.all)
        case ("GET", ["faults"]): return .json(await faults.report)
        case ("PUT", ["faults"]), ("POST", ["faults"]):
            do {
                await faults.replace(with: try FaultFile(json: body))
                return .json(await faults.report)
            } catch {
                return .json(["error": .string(FaultFile.explanation(of: error))], status: 400)
            }
        case ("DELETE", ["faults"]):
            await faults.replace(with: FaultFile(rules: []))
            return .json([])
        case ("POST", ["reset"]):
            await state.ledger.reset()
            await state.log.reset()
            return .json(["reset": true])
        case ("GET", ["health"]): return .json(["status": "ok"])
        case ("GET", ["ca.pem"]):
            guard let authority else { break }
            return .text(authority, type: "application/x-pem-file")
        case ("GET", _) where path.count == 4 && path[0] == "requests" && path[2] == "images":
            if let number = Int(path[1]), let index = Int(path[3]),
                let bytes = await state.log.thumbnail(number, index)
            {
                return EmulatedResponse(
                    status: 200, headers: [("Content-Type", "image/jpeg")], body: .bytes(bytes))
            }
        default: break
        }
        return .text(
            "not found; the emulator's own paths are / and /_emulator/{ledger,requests,faults,reset,health,ca.pem}\n",
            type: "text/plain", status: 404)
    }

    /// Returns the entries, their totals, the most requests of each provider that were open at the
    /// same time, and the number of duplicates: bodies that were accepted again.
    private func ledger() async -> JSONValue {
        let entries = await state.ledger.all
        var counts: [String: Int] = [:]
        for entry in entries { counts["\(entry.provider.rawValue) \(entry.bodySHA256)", default: 0] += 1 }
        var most: [String: JSONValue] = [:]
        for provider in Set(entries.map(\.provider)) {
            most[provider.rawValue] = .integer(await state.ledger.mostAtOnce(provider))
        }
        var costs: [String: JSONValue] = [:]
        for unit in Set(entries.map(\.unit)).sorted() {
            let sum = entries.filter { $0.unit == unit }.reduce(0) { $0 + $1.cost }
            costs[unit] = .number((sum * 1e6).rounded() / 1e6)
        }
        return [
            "accepted": .integer(entries.count),
            "billed": .integer(entries.count { $0.state == .billed }),
            "images": .integer(entries.filter { $0.state == .billed }.reduce(0) { $0 + $1.images }),
            "duplicates": .integer(counts.values.reduce(0) { $0 + $1 - 1 }),
            "mostAtOnce": .object(most),
            "cost": .object(costs),
            "entries": (try? JSONValue(parsing: Self.bytes(of: entries))) ?? [],
        ]
    }

    private func page() async -> String {
        await Page(requests: state.log.all, entries: state.ledger.all, faults: faults.report).html
    }

    private static func bytes(of value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
    }

    private static func encoded(_ value: some Encodable) -> EmulatedResponse {
        EmulatedResponse(
            status: 200, headers: [("Content-Type", "application/json")], body: .bytes(bytes(of: value)))
    }
}
#endif
