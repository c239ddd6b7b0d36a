import SeedreamModel

/// What AIML made. The pictures stand there twice, as `data` and as fal's `images`: the first list
/// that has any is read.
struct AIMLReply {
    var images: [GeneratedImage]
    /// What is said about items without a picture.
    var failures: [String]
    var seed: Int?
    var usage: Usage

    /// `nil` where there is no picture.
    init?(_ reply: HTTPReply, _ json: JSONValue?) {
        let list = reply.pictures(under: ["data", "images"])
        guard !list.images.isEmpty else { return nil }
        (images, failures) = list
        seed = json?["seed"]?.integer
        usage = Usage()
        // One of the three, by model and by year; the header fields beside them are newer.
        let said = json?["meta"]?["usage"]
        usage.credits =
            said?["credits_used"]?.number ?? Self.number("x-aimlapi-credits-used", in: reply)
        usage.tokens = said?["tokens_used"]?.integer
        usage.usDollars =
            said?["usd_spent"]?.number ?? Self.number("x-aimlapi-usd-spent", in: reply)
    }

    /// A number that JSON can hold.
    private static func number(_ name: String, in reply: HTTPReply) -> Double? {
        reply.field(name).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
}
