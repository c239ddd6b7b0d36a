import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// What is said about a request after an error: the exit code, the money, and what to do.
///
/// Money and code follow from the job's state alone, never from what was answered last: a job that
/// was accepted stays open, whatever a later question is answered with. The error adds what has to
/// be mended first. This is the one place for all three.
struct Verdict {
    var status: ExitStatus
    /// What is known of the purchase; `nil` where none was begun.
    var money: String?
    /// What to do; each command in it does what is said of it.
    var advice: String?

    /// The advice, then the money, on one line.
    var hint: String? {
        let parts = [advice, money].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private init(_ status: ExitStatus, money: String?, advice: String?) {
        (self.status, self.money, self.advice) = (status, money, advice)
    }

    /// - Parameters:
    ///   - job: The job as the ledger has it; `nil` where the error came before there was one.
    ///   - isRecorded: Whether a later process can know where it stands. `false` where neither the
    ///     ledger nor a file could be written.
    init(_ error: any Error, about job: JobRecord? = nil, isRecorded: Bool = true) {
        self = job.map { Self.verdict(error, about: $0, isRecorded) } ?? Self.verdict(error)
        // Nothing was asked where the command line is wrong, or where it was interrupted.
        if error is CancellationError { status = .interrupted }
        if error is RequestError || error is UntrustedAddressError {
            (status, advice) = (.usage, ClientFailure.hint(for: error))
        }
    }

    private static func verdict(_ error: any Error, about job: JobRecord, _ isRecorded: Bool) -> Verdict {
        let resume = isRecorded ? Invocation.command("resume", job) : Invocation.result(of: job)
        let name = job.provider.displayName
        switch job.state {
        case .accepted:
            return Verdict(
                .outcomeUnknown, money: "it is open at \(name), and asking again buys nothing",
                advice: first(error).map { "\($0); then \(resume)" } ?? "\(resume) asks again")
        case .finished:
            return Verdict(
                isAboutSaving(error) ? .outputFailed : .outcomeUnknown,
                money: "the images are made, and fetching them buys nothing",
                advice: first(error).map { "\($0); then \(resume)" } ?? "\(resume) fetches them")
        case .submitting, .unknown:
            return Verdict(
                .outcomeUnknown, money: "it may have been bought",
                advice: job.ticket == nil ? lookAtAccount(job.provider) : "\(resume) asks once more")
        case .failed, .saved: return verdict(error)
        case .cancelled: return Verdict(.refusedByProvider, money: nil, advice: verdict(error).advice)
        }
    }

    /// What is said where nothing is open: before there was a job, or once it has ended.
    private static func verdict(_ error: any Error) -> Verdict {
        guard let error = error as? ClientError else {
            return Verdict(
                ClientFailure.status(after: error), money: nil, advice: ClientFailure.hint(for: error))
        }
        switch (error.purchase, error.category) {
        case (.unknown, _):
            return Verdict(
                .outcomeUnknown, money: "it may have been bought", advice: lookAtAccount(error.provider))
        case (_, .cancelled):
            return Verdict(.refusedByProvider, money: nil, advice: error.mending.text(in: .command))
        case (.taken, .provider), (.taken, .timeout):
            return Verdict(
                .providerUnavailable, money: "it may have been billed",
                advice: "look at the account, then send it anew if it is worth the price")
        case (.taken, _):
            return Verdict(
                status(of: error), money: "it may have been billed", advice: error.mending.text(in: .command))
        case (.notTaken, _):
            return Verdict(
                status(of: error), money: "nothing was bought", advice: error.mending.text(in: .command))
        }
    }

    private static func lookAtAccount(_ provider: ProviderID) -> String {
        "look at the account at \(provider.displayName) before the same is sent again"
    }

    private static func status(of error: ClientError) -> ExitStatus {
        switch error.category {
        case .credentials: .credentials
        case .credits, .validation, .moderation, .notFound, .cancelled: .refusedByProvider
        case .rateLimit: .tryAgainLater
        case .result: .outputFailed
        case .timeout, .transport, .badReply, .provider: .providerUnavailable
        }
    }

    /// What has to be mended before the same question can have a better answer; `nil` where only
    /// time helps.
    private static func first(_ error: any Error) -> String? {
        switch error {
        case let error as ClientError:
            switch error.category {
            case .credentials, .credits: error.mending.text(in: .command)
            case .rateLimit: error.retryAfter.map { "wait \(Int(min(max($0, 0), 1e9).rounded(.up))) s" }
            case .transport: "check the network, the proxy and the base URL"
            default: nil
            }
        case is SaveError, is KeyError: ClientFailure.hint(for: error)
        default: nil
        }
    }

    private static func isAboutSaving(_ error: any Error) -> Bool {
        error is SaveError || (error as? ClientError)?.category == .result
    }
}

/// Commands that advice names, with those options of this run that they need as well.
enum Invocation {
    /// The options that are repeated.
    @TaskLocal static var options: [String] = []

    /// A command about a job, as a person can type it, between backticks.
    static func command(_ name: String, _ job: JobRecord) -> String {
        command([name, String(job.id.prefix(8))] + base(job))
    }

    /// The command that fetches what no ledger knows: by the provider's own id, or, where there is
    /// none, from where the images lie.
    static func result(of job: JobRecord) -> String {
        guard let id = job.ticket?.requestID else {
            let places = (job.result?.images ?? []).map(\.location.text).joined(separator: " ")
            return "fetch now what nothing else knows of: \(places)"
        }
        return "free some space, then "
            + command(["result", id, "--provider", job.provider.rawValue] + base(job))
    }

    /// The base URL that a job was sent to: the key goes there only where it is named.
    static func base(_ job: JobRecord) -> [String] { job.baseURL.map { ["--base-url", $0] } ?? [] }

    /// A command, as a person can type it, between backticks.
    static func command(_ words: [String]) -> String {
        "`" + (["seedream"] + words + options).map(quoted).joined(separator: " ") + "`"
    }

    /// A word as a POSIX shell takes it for itself.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-_./:=,@%+".utf8.contains($0)
        }
        return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}

extension ClientArguments {
    /// Those that decide which job, which key and which way a later command finds.
    var repeated: [String] {
        var options: [String] = []
        for (name, value) in [
            ("--ledger", ledger), ("--key-file", keyFile), ("--proxy", proxy), ("--ca-file", caFile),
        ] {
            // A proxy's password is not shown.
            guard let value, !(name == "--proxy" && value.contains("@")) else { continue }
            options += [name, value]
        }
        return options
    }
}
