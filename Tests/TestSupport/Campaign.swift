import Foundation

/// The extent of the campaigns: the suites named `…CampaignTests`, which repeat a thing often, such
/// as a kill at a random moment, a fault at an operation, or a request under load.
///
/// `make test` leaves them out. `make campaigns` runs a part of their cases, `make test-all` all of
/// them, with `SEEDREAM_CAMPAIGNS=full`.
package enum Campaign {
    /// Whether every case is run.
    package static let isFull = ProcessInfo.processInfo.environment["SEEDREAM_CAMPAIGNS"] == "full"
}
