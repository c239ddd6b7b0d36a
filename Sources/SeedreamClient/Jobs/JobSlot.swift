import Cryptography
public import SeedreamModel

/// A request in flight of one account. Providers limit how many an account may have at once.
///
/// A slot belongs to a job, not to a process, because an accepted job runs on when its process
/// ends.
public enum JobSlot {
    /// The time after which an open job whose end was never reported no longer has a slot, in
    /// seconds since its record last changed. An hour: several times as long as a generation
    /// takes, queue included. Our number.
    public static let openTime = 3600.0
    /// The time for which a job of unknown outcome has a slot, in seconds since it became unknown:
    /// the provider may be working on it. Two minutes: a few times as long as a generation takes.
    /// Our number; if it is too short, the provider answers 429, and takes nothing.
    public static let unknownTime = 120.0

    /// Returns the ``JobRecord/account`` of a job. The key cannot be derived from it.
    ///
    /// - Parameters:
    ///   - provider: The provider.
    ///   - baseURL: The address, if not the provider's own.
    ///   - key: The text of the key; `nil` if it is not known.
    public static func account(_ provider: ProviderID, baseURL: String?, key: String?) -> String {
        // The separator is a zero byte, which none of the texts can contain.
        let texts = ["account", provider.rawValue, baseURL ?? "", key ?? ""]
        return String(SHA256Digest(Array(texts.joined(separator: "\0").utf8)).hexadecimal.prefix(32))
    }
}

extension JobRecord {
    /// The account that the job's slot counts for.
    var slotAccount: String { account ?? "\(provider.rawValue) \(baseURL ?? "")" }

    /// The time for which the job in this state has a slot, in seconds since it came into the
    /// state; `nil` if it has none.
    var slotTime: Double? {
        switch state {
        case .submitting, .accepted: JobSlot.openTime
        case .unknown: settlement == nil ? JobSlot.unknownTime : nil
        case .finished, .saved, .failed, .cancelled: nil
        }
    }
}
