/// The fields of a manifest that mean something, by the names that they have there.
enum ManifestField: String, Hashable, Sendable, CaseIterable {
    case id, prompt, images, model, provider, size, seed, count
    case imagesPerGeneration = "images_per_generation"
    case name, safety, enhance

    /// What the name of a field means.
    enum Meaning: Hashable {
        /// One of a manifest's own.
        case known(ManifestField)
        /// One that would decide about keys, providers' addresses, folders or money: a manifest may
        /// come from anywhere.
        case steers
        /// One that is most likely meant as another.
        case resembles(ManifestField)
        /// Any other.
        case carried
    }

    /// What a name means.
    static func meaning(of name: String) -> Meaning {
        if let field = ManifestField(rawValue: name) { return .known(field) }
        let plain = plain(name)
        if steering.contains(plain) { return .steers }
        if let field = others[plain] { return .resembles(field) }
        for field in allCases {
            let known = Self.plain(field.rawValue)
            // Every short word is one letter away from `id`.
            if plain == known || known.utf8.count > 2 && isOneEditApart(plain, known) {
                return .resembles(field)
            }
        }
        return .carried
    }

    /// A name without what people write differently: case, spaces, `-` and `_`.
    private static func plain(_ name: String) -> String {
        name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" && $0 != "\u{FEFF}" }
    }

    /// Names of options, settings and secrets that have no place in a manifest, as ``plain(_:)``
    /// makes them.
    private static let steering: Set<String> = [
        // Keys, and whom they are sent to.
        "key", "keys", "apikey", "falkey", "keyfile", "keyenv", "token", "secret", "password",
        "authorization", "baseurl",
        "host", "endpoint", "proxy", "noproxy", "cafile", "headers", "cookie", "webhook",
        "webhookurl", "callbackurl",
        // Files and folders.
        "ledger", "output", "outputdir", "outputfolder", "outdir", "out", "folder", "destination", "results",
        "existing", "overwrite",
        // Money, and the way a request goes.
        "budget", "again", "retryfailed", "parallel", "transport", "sendimages", "receive",
        "falmode", "ignoreunsupported", "lenient", "onerouterbarekey", "arkwatermark",
    ]

    /// What providers and other programs call a manifest's fields.
    private static let others: [String: ManifestField] = [
        "imageurl": .images, "imageurls": .images, "imagepath": .images, "imagepaths": .images,
        "inputimage": .images, "inputimages": .images, "imagesize": .size, "aspectratio": .size,
        "resolution": .size, "numimages": .count, "maximages": .imagesPerGeneration,
        "imagespercall": .imagesPerGeneration, "enablesafetychecker": .safety, "safetychecker": .safety,
        "enhanceprompt": .enhance, "enhancepromptmode": .enhance, "enhancement": .enhance,
    ]

    /// Whether one letter more, less, or another makes one word of the other, or two neighbours
    /// that change places.
    private static func isOneEditApart(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one), Array(other))
        guard abs(one.count - other.count) <= 1, one != other else { return false }
        let front = zip(one, other).prefix { $0 == $1 }.count
        let back = zip(one.dropFirst(front).reversed(), other.dropFirst(front).reversed())
            .prefix { $0 == $1 }.count
        let rests = (one[front..<one.count - back], other[front..<other.count - back])
        if max(rests.0.count, rests.1.count) == 1 { return true }
        return rests.0.count == 2 && rests.1.count == 2 && rests.0.elementsEqual(rests.1.reversed())
    }
}
