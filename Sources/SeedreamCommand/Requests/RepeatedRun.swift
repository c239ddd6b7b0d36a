#if Client
import ArgumentParser
import AtomicFiles
import SeedreamClient
import SeedreamKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command of a run, repeated where it was given: rows that are saved are skipped, all others
/// taken further.
struct RepeatedRun {
    private let command: any RunCommand
    private let words: [String]

    /// - Returns: `nil` unless the one id that `resume` was given is a run's.
    init?(of resume: Resume) async throws {
        var found: (command: any RunCommand, words: [String])?
        try await ClientFailure.reported(resume.client, json: resume.json) {
            guard resume.ids.count == 1, let id = resume.ids.first else { return }
            let ledger = try ClientSetup(resume.client).existingLedger()
            guard let run = try await ledger.run(id), try await Self.isMeant(run, id, ledger) else { return }
            found = (try Self.command(of: run, resume), run.arguments ?? [])
        }
        guard let found else { return nil }
        (command, words) = found
    }

    /// A few letters may begin the id of a job as well.
    private static func isMeant(_ run: RunRecord, _ id: String, _ ledger: any JobLedger) async throws -> Bool
    {
        if run.id == id.lowercased() || run.identity.name == id { return true }
        guard try await ledger.job(id) == nil else { throw LedgerError.ambiguous(id, count: 2) }
        return true
    }

    private static func command(of run: RunRecord, _ resume: Resume) throws
        -> any RunCommand
    {
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
        guard var command = (try? Seedream.parseAsRoot(arguments)) as? any RunCommand, command.isRepeatable
        else {
            throw RequestError(
                field: "run", message: "\(run.id): expected a run of several rows, found a single request",
                hint: "`seedream resume` goes on with its job")
        }
        // A key goes to a provider's own address and to what this command line names.
        if let recorded = command.host.baseURL {
            let origin = URLParts(recorded)?.origin
            guard let origin, origin == resume.baseURL.flatMap({ URLParts($0)?.origin }) else {
                throw UntrustedAddressError(subject: "the run", address: recorded)
            }
        }
        if let path = own[0] { command.client.ledger = path }
        if let path = own[1] { command.client.keyFile = path }
        if resume.json { command.results.json = true }
        return command
    }

    func run() async throws {
        let (command, words) = (command, words)
        try await Interruption.cancelling {
            try await Self.$repeated.withValue(words) { try await command.send() }
        }
    }

    // MARK: The command line

    /// The command line that is repeated here in place of this process's own; `nil` where none is.
    @TaskLocal static var repeated: [String]?

    /// The command line of this process, so that a later one can repeat it; `nil` where it reads
    /// standard input, is too long to be kept, or holds a proxy's password.
    static var arguments: [String]? {
        if let repeated { return repeated }
        let words = PathText.arguments
        let isPlain = words.allSatisfy { word in
            word != "-" && !(word.contains("://") && word.contains("@") && word.contains(":"))
        }
        return isPlain && words.reduce(0, { $0 + $1.utf8.count }) < 65_536 ? words : nil
    }
}
#endif
