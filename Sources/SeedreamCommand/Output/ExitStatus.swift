import ArgumentParser

/// The exit codes. Numbers follow `sysexits.h` where one of its codes fits.
package enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case someFailed = 1
    case usage = 64
    case noUsableInput = 65
    case providerUnavailable = 69
    case outputFailed = 73
    case tryAgainLater = 75
    case outcomeUnknown = 76
    case credentials = 77
    case configuration = 78
    case refusedByProvider = 79
    case overBudget = 80
    case interrupted = 130
    case terminated = 143

    /// The meaning of the code, as in the help and the documentation.
    package var meaning: String {
        switch self {
        case .done: "all done"
        case .someFailed: "some inputs failed, the others are done"
        case .usage: "the command line is wrong"
        case .noUsableInput: "no input could be used"
        case .providerUnavailable: "the provider is unavailable"
        case .outputFailed: "a result could not be saved"
        case .tryAgainLater: "try again later, nothing was bought"
        case .outcomeUnknown: "the outcome is unknown or still open, it may have been bought"
        case .credentials: "credentials are missing or wrong"
        case .configuration: "the configuration is wrong"
        case .refusedByProvider: "the provider refused the request"
        case .overBudget: "over budget"
        case .interrupted: "interrupted by SIGINT or SIGHUP"
        case .terminated: "interrupted by SIGTERM"
        }
    }

    var code: ExitCode { ExitCode(rawValue) }

    /// The codes of `prep` and `inspect`.
    static let ofPreparation: [ExitStatus] = [
        .done, .someFailed, .usage, .noUsableInput, .outputFailed, .configuration, .interrupted,
        .terminated,
    ]

    /// Returns the lines for the help, one per code.
    static func table(_ codes: [ExitStatus]) -> String {
        codes.map {
            let number = "\($0.rawValue)"
            return "  " + number + String(repeating: " ", count: 5 - number.count) + $0.meaning
        }.joined(separator: "\n")
    }
}
