/// The fields that a manifest may have, by name.
enum ManifestField: String, Hashable, Sendable, CaseIterable {
    case id, prompt, images, model, provider, size, seed, count
    case imagesPerGeneration = "images_per_generation"
    case name, safety, enhance
    case resultFormat = "result_format"
    case resultBackground = "result_background"
    case guidanceScale = "guidance_scale"
    case layers

    /// The meaning of a field's name.
    enum Meaning: Hashable {
        /// A field of the manifest.
        case known(ManifestField)
        /// A field that would control keys, provider addresses, folders or money. It is refused,
        /// because a manifest may come from an untrusted source.
        case steers
        /// A name that is probably a misspelt field.
        case resembles(ManifestField)
        /// Any other field, which is copied to the result.
        case carried
    }

    /// Returns the meaning of a name.
    static func meaning(of name: String) -> Meaning {
        if let field = ManifestField(rawValue: name) { return .known(field) }
        let plain = plain(name)
        if steering.contains(plain) { return .steers }
        if let field = others[plain] { return .resembles(field) }
        for field in allCases {
            let known = Self.plain(field.rawValue)
            // `id` is too short: many words are one edit away from it.
            if plain == known || known.utf8.count > 2 && isOneEditApart(plain, known) {
                return .resembles(field)
            }
        }
        return .carried
    }

    /// Returns a name in lower case, without spaces, `-`, `_` and byte order marks.
    private static func plain(_ name: String) -> String {
        name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" && $0 != "\u{FEFF}" }
    }

    /// Names of options, settings and secrets that a manifest must not contain, in the form that
    /// ``plain(_:)`` returns.
    private static let steering: Set<String> = [
        // Keys, and the addresses that they are sent to.
        "key", "keys", "apikey", "falkey", "keyfile", "keyenv", "token", "secret", "password",
        "authorization", "baseurl",
        "host", "endpoint", "proxy", "noproxy", "cafile", "headers", "cookie", "webhook",
        "webhookurl", "callbackurl",
        // Files and folders.
        "ledger", "output", "outputdir", "outputfolder", "outdir", "out", "folder", "destination", "results",
        "existing", "overwrite",
        // Money, and how requests are sent.
        "budget", "again", "retryfailed", "parallel", "transport", "sendimages", "receive",
        "falmode", "ignoreunsupported", "lenient", "onerouterbarekey", "arkwatermark",
    ]

    /// Names that providers and other programs use for the fields of a manifest.
    private static let others: [String: ManifestField] = [
        "imageurl": .images, "imageurls": .images, "imagepath": .images, "imagepaths": .images,
        "inputimage": .images, "inputimages": .images, "imagesize": .size, "aspectratio": .size,
        "resolution": .size, "numimages": .count, "maximages": .imagesPerGeneration,
        "imagespercall": .imagesPerGeneration, "enablesafetychecker": .safety, "safetychecker": .safety,
        "outputformat": .resultFormat, "background": .resultBackground, "guidance": .guidanceScale,
        "layerdecomposition": .layers, "enhanceprompt": .enhance, "enhancepromptmode": .enhance,
        "enhancement": .enhance,
    ]

    /// Returns whether two words differ by one inserted, deleted or replaced character, or by one
    /// swap of neighbours.
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
