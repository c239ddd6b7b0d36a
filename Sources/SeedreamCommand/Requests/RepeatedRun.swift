#if Client
import ArgumentParser
import AtomicFiles
import SeedreamClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command of a run, repeated where it was given: rows that are saved are skipped, all others taken further.
struct RepeatedRun {
    private let edit: Edit
    private let arguments: [String]

    /// - Returns: `nil` unless the one id that `resume` was given is a run's.
    init?(of resume: Resume) async throws {
        var found: (edit: Edit, arguments: [String])?
        try await ClientFailure.reported(resume.client, json: resume.json) {
            guard resume.ids.count == 1, let id = resume.ids.first else { return }
            let ledger = try ClientSetup(resume.client).existingLedger()
            guard let run = try await ledger.run(id), try await Self.isMeant(run, id, ledger) else { return }
            found = (try Self.command(of: run, resume), run.arguments ?? [])
        }
        guard let found else { return nil }
        (edit, arguments) = found
    }

    /// A few letters may begin the id of a job as well.
    private static func isMeant(_ run: RunRecord, _ id: String, _ ledger: any JobLedger) async throws -> Bool
    {
        if run.id == id.lowercased() || run.identity.name == id { return true }
        guard try await ledger.job(id) == nil else { throw LedgerError.ambiguous(id, count: 2) }
        return true
    }

    private static func command(of run: RunRecord, _ resume: Resume) throws -> Edit {
        guard let arguments = run.arguments, let folder = run.folder else {
            throw RequestError(
                field: "run", message: "\(run.id): its command line was not kept",
                hint: "repeat the command that began it")
        }
        let (ledger, keyFile) = (resume.client.ledger, resume.client.keyFile)
        let own = [ledger, keyFile].map { $0.map(PathText.absolute) }
        guard PathText.enter(folder) else {
            throw RequestError(
                field: "run", message: "\(folder): expected the folder where the run began, found none",
                hint: "repeat the command that began it")
        }
        guard var edit = (try? Seedream.parseAsRoot(arguments)) as? Edit, edit.each else {
            throw RequestError(
                field: "run", message: "\(run.id): expected a run of several rows, found a single request",
                hint: "`seedream resume` goes on with its job")
        }
        // A key goes to a provider's own address and to what this command line names.
        if let recorded = edit.host.baseURL {
            let origin = URLParts(recorded)?.origin
            guard let origin, origin == resume.baseURL.flatMap({ URLParts($0)?.origin }) else {
                throw RequestError(
                    field: "--base-url",
                    message: "the run was sent to \(recorded), and a key goes there only if you name it",
                    hint: "if you trust it, add `--base-url \(recorded)`")
            }
        }
        if let path = own[0] { edit.client.ledger = path }
        if let path = own[1] { edit.client.keyFile = path }
        if resume.json { edit.results.json = true }
        return edit
    }

    func run() async throws {
        try await RunLines.$repeated.withValue(arguments) { try await edit.run() }
    }
}
#endif
