import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The exit code, the state of the purchase and the advice after an error.
///
/// Exit code and purchase follow from the job's state, not from the last reply: an accepted job
/// stays open even if a later status request fails. The error only adds what to fix first. All
/// three are decided here only.
struct Verdict {
    var status: ExitStatus
    /// The state of the purchase; `nil` if none was begun.
    var money: String?
    /// The advice; its commands are ready to be typed.
    var advice: String?

    /// The advice and the state of the purchase on one line.
    var hint: String? {
        let parts = [advice, money].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private init(_ status: ExitStatus, money: String?, advice: String?) {
        (self.status, self.money, self.advice) = (status, money, advice)
    }

    /// - Parameters:
    ///   - job: The job in the ledger; `nil` if the error came before there was one.
    ///   - isRecorded: Whether a later process can find the state of the job. `false` if neither
    ///     the ledger nor a file could be written.
    init(_ error: any Error, about job: JobRecord? = nil, isRecorded: Bool = true) {
        self = job.map { Self.verdict(error, about: $0, isRecorded) } ?? Self.verdict(error)
        // No request was made if the command line is wrong or the command was interrupted.
        if error is CancellationError { status = Interruption.status }
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
                money: "the images are ready, and fetching them buys nothing",
                advice: first(error).map { "\($0); then \(resume)" } ?? "\(resume) fetches them")
        case .submitting, .unknown:
            return Verdict(
                .outcomeUnknown, money: "it may have been bought",
                advice: job.ticket == nil ? checkAccount(job.provider) : "\(resume) asks again")
        case .failed, .saved: return verdict(error)
        case .cancelled: return Verdict(.refusedByProvider, money: nil, advice: verdict(error).advice)
        }
    }

    /// The verdict if no job is open: before there was one, or after it ended.
    private static func verdict(_ error: any Error) -> Verdict {
        guard let error = error as? ClientError else {
            return Verdict(
                ClientFailure.status(after: error), money: nil, advice: ClientFailure.hint(for: error))
        }
        switch (error.purchase, error.category) {
        case (.unknown, _):
            return Verdict(
                .outcomeUnknown, money: "it may have been bought", advice: checkAccount(error.provider))
        case (_, .cancelled):
            return Verdict(.refusedByProvider, money: nil, advice: error.mending.text(in: .command))
        case (.taken, .provider), (.taken, .timeout):
            return Verdict(
                .providerUnavailable, money: "it may have been billed",
                advice: "check the account, then send it again if it is worth the price")
        case (.taken, _):
            return Verdict(
                status(of: error), money: "it may have been billed", advice: error.mending.text(in: .command))
        case (.notTaken, _):
            return Verdict(
                status(of: error), money: "nothing was bought", advice: error.mending.text(in: .command))
        }
    }

    private static func checkAccount(_ provider: ProviderID) -> String {
        "check the account at \(provider.displayName) before sending the same request again"
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

    /// Returns the fix that a retry needs to succeed; `nil` if only waiting helps.
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

/// Builds the commands in advice, with the options of this command line that they need as well.
enum Invocation {
    /// The options to repeat.
    @TaskLocal static var options: [String] = []

    /// Returns a command about a job in backticks, ready to be typed.
    static func command(_ name: String, _ job: JobRecord) -> String {
        command([name, String(job.id.prefix(8))] + base(job))
    }

    /// Returns the command that fetches a result that no ledger knows: by the provider's request
    /// id, or, without one, by the locations of the images.
    static func result(of job: JobRecord) -> String {
        guard let id = job.ticket?.requestID else {
            let places = (job.result?.images ?? []).map(\.location.text).joined(separator: " ")
            return "save these images now, they are recorded nowhere else: \(places)"
        }
        return "free some space, then "
            + command(["result", id, "--provider", job.provider.rawValue] + base(job))
    }

    /// Returns the option for the base URL of a job, as a key is sent there only if the command
    /// line names it.
    static func base(_ job: JobRecord) -> [String] { job.baseURL.map { ["--base-url", $0] } ?? [] }

    /// Returns a command in backticks, ready to be typed.
    static func command(_ words: [String]) -> String {
        "`" + (["seedream"] + words + options).map(quoted).joined(separator: " ") + "`"
    }

    /// Returns a word quoted for a POSIX shell.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-_./:=,@%+".utf8.contains($0)
        }
        return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}

extension ClientArguments {
    /// The options that determine the ledger, the key and the connection of a later command.
    var repeated: [String] {
        var options: [String] = []
        for (name, value) in [
            // Never show the password of a database.
            ("--ledger", advanced.ledger.map { LedgerAddress($0).repeatable }),
            ("--key-file", advanced.keyFile), ("--proxy", network.proxy), ("--ca-file", network.caFile),
        ] {
            // Never show a proxy's password.
            guard let value, !(name == "--proxy" && value.contains("@")) else { continue }
            options += [name, value]
        }
        return options
    }
}
