// The table of models: one chain of lines for each model of each provider. To add a model, add its
// rows here, and nothing elsewhere; the file is long for this reason.
//
// A line that is absent means that nothing is known. Every line ends with its source; a source
// that several lines share has a name at the end of the file.

extension ModelTable {
    /// The models that this version knows, as read on 2026-11-28.
    public static let standard = ModelTable(fal + aiml + onerouter + apiframe + ark)

    private static let fal: [ModelEntry] = [
        ModelEntry(
            .fal, "4.0", edit: ["fal-ai/bytedance/seedream/v4/edit"],
            generate: ["fal-ai/bytedance/seedream/v4/text-to-image"]
        )
        .output(
            OutputRule(
                area: 921_600...16_777_216, tiers: [.k1, .k2, .k4], presets: SizePreset.seedream4,
                enlarges: [.edit]), .falTypes
        )
        .inputs(InputRule(10, withOutputs: 15, bytes: 7_500_000, mediaTypes: falMediaTypes), .falToolkit)
        .fields(
            FieldRule(
                [
                    .count, .imagesPerGeneration, .seed, .safetyChecker, .enhancementStandard,
                    .enhancementFast, .syncMode,
                ], counts: 1...6, imagesPerGeneration: 1...6), .falTypes
        )
        .price(PriceRule(0.03), .otherSellers)
        .page("https://fal.ai/models/fal-ai/bytedance/seedream/v4/edit/llms.txt"),

        ModelEntry(
            .fal, "4.5", edit: ["fal-ai/bytedance/seedream/v4.5/edit"],
            generate: ["fal-ai/bytedance/seedream/v4.5/text-to-image"]
        )
        // "Between 1920 and 4096 px a side" lies within this area.
        .output(
            OutputRule(
                area: 3_686_400...16_777_216, tiers: [.k2, .k4],
                presets: SizePreset.named + [.auto2K, .auto4K]), .falTypes
        )
        .inputs(InputRule(10, withOutputs: 15, bytes: 7_500_000, mediaTypes: falMediaTypes), .falTypes)
        .fields(
            FieldRule(
                [.count, .imagesPerGeneration, .seed, .safetyChecker, .syncMode], counts: 1...6,
                imagesPerGeneration: 1...6), .falTypes
        )
        .price(PriceRule(0.04), .otherSellers)
        .page("https://fal.ai/models/fal-ai/bytedance/seedream/v4.5/edit/llms.txt"),

        ModelEntry(
            .fal, "5.0-lite",
            edit: ["fal-ai/bytedance/seedream/v5/lite/edit", "bytedance/seedream/v5/lite/edit"],
            generate: [
                "fal-ai/bytedance/seedream/v5/lite/text-to-image", "bytedance/seedream/v5/lite/text-to-image",
            ]
        )
        .output(
            OutputRule(
                area: 3_686_400...16_777_216, tiers: [.k2, .k3, .k4],
                presets: SizePreset.named + [.auto2K, .auto3K, .auto4K],
                enlarges: [.edit, .generate]), .falTypes
        )
        .inputs(InputRule(10, bytes: 7_500_000, mediaTypes: falMediaTypes), .falTypes)
        .fields(
            FieldRule(
                [.count, .imagesPerGeneration, .safetyChecker, .syncMode], counts: 1...6,
                imagesPerGeneration: 1...6), .falTypes
        )
        .price(PriceRule(0.035), .falPages)
        .page("https://fal.ai/models/fal-ai/bytedance/seedream/v5/lite/edit/llms.txt"),

        ModelEntry(
            .fal, "5.0-pro",
            edit: ["bytedance/seedream/v5/pro/edit", "bytedance/seedream/v5/pro/us/edit"],
            generate: [
                "bytedance/seedream/v5/pro/text-to-image", "bytedance/seedream/v5/pro/us/text-to-image",
            ]
        )
        .output(
            OutputRule(
                area: 921_600...4_624_220, maximumRatio: 16, tiers: [.k1, .k2],
                presets: [.auto1K, .auto2K]), .falTypes
        )
        .inputs(InputRule(10, bytes: 7_500_000, mediaTypes: falMediaTypes), .falTypes)
        .fields(
            FieldRule(
                [.count, .safetyChecker, .syncMode, .resultFormat],
                lacks: [
                    .imagesPerGeneration, .seed, .enhancementStandard, .enhancementFast, .enhancementOff,
                    .guidanceScale, .layers, .responseFormat,
                ], counts: 1...6), .falTypes
        )
        // The page names no price above 2048²; the fee for inputs is that of muapi.ai.
        .price(
            PriceRule(
                steps: [
                    .init(maximumArea: 2_359_296, amount: 0.0675),
                    .init(maximumArea: 4_194_304, amount: 0.135),
                ], perInput: 0.0045, freeInputs: 1), .falPageAndMuapi
        )
        .page("https://fal.ai/models/bytedance/seedream/v5/pro/us/text-to-image/llms.txt"),

        ModelEntry(.fal, "5.0-flash", edit: [], generate: ["bytedance/seedream/v5/flash/text-to-image"])
            .page("https://fal.ai/models/bytedance/seedream/v5/flash/text-to-image/llms.txt"),

        ModelEntry(.fal, "5.5", edit: [], generate: ["bytedance/seedream/v5.5/text-to-image"])
            .output(
                OutputRule(
                    tiers: [.k1, .k1_5, .k2], presets: [.auto1K, .auto1_5K, .auto2K]), .argil
            )
            .fields(
                FieldRule(
                    [.count, .background, .resultFormat], lacks: [.imagesPerGeneration], counts: 1...6),
                .argil
            )
            .price(
                PriceRule(steps: [
                    .init(maximumArea: 2_610_000, amount: 0.03), .init(maximumArea: nil, amount: 0.0405),
                ]), .falPages
            )
            .page("https://fal.ai/models/bytedance/seedream/v5.5/text-to-image/llms.txt"),
    ]

    private static let aiml: [ModelEntry] = [
        ModelEntry(
            .aiml, "4.0", edit: ["bytedance/seedream-v4-edit"],
            generate: ["bytedance/seedream-v4-text-to-image"]
        )
        .output(
            OutputRule(sides: 1024...4096, tiers: [.k1, .k2, .k4], presets: SizePreset.named), .aimlDocuments
        )
        .inputs(InputRule(10), .aimlDocuments)
        .fields(FieldRule([.count, .seed, .safetyChecker, .syncMode], counts: 1...4), .aimlDocuments)
        .page("https://docs.aimlapi.com"),

        ModelEntry(.aiml, "4.5", "bytedance/seedream-4-5")
            .output(OutputRule(sides: 1440...4096, tiers: [.k2, .k4]), .aimlDocuments)
            .inputs(InputRule(14), .aimlDocuments)
            .fields(FieldRule([.seed, .responseFormat]), .aimlDocuments)
            .page("https://docs.aimlapi.com"),

        ModelEntry(.aiml, "5.0-lite", "bytedance/seedream-5-0-lite-preview")
            .output(OutputRule(sides: 1440...4096, tiers: [.k2, .k4]), .aimlDocuments)
            .inputs(InputRule(14), .aimlDocuments)
            .fields(FieldRule([.seed, .responseFormat]), .aimlDocuments)
            .page("https://docs.aimlapi.com"),

        ModelEntry(
            .aiml, "5.0-pro", "bytedance/seedream-5-0-pro", "bytedance/dola-seedream-5-0-pro"
        )
        .output(OutputRule(sides: 1024...2752, tiers: [.k1_5, .k2]), .aimlDocuments)
        .inputs(InputRule(14), .aimlDocuments)
        .fields(FieldRule([.seed, .responseFormat]), .aimlDocuments)
        .page("https://docs.aimlapi.com"),

        ModelEntry(.aiml, "3.0", edit: [], generate: ["bytedance/seedream-3.0"])
            .page("https://docs.aimlapi.com"),
    ]

    private static let onerouter: [ModelEntry] = [
        // The IDs are inferred from the titles of its operations.
        ModelEntry(
            .onerouter, "4.0", edit: ["seedream-v4-image-to-image"], generate: ["seedream-v4-text-to-image"]
        )
        .output(
            OutputRule(
                area: 921_600...16_777_216, tiers: [.k1, .k2, .k4], presets: SizePreset.seedream4,
                enlarges: [.edit]), .onerouterDocuments
        )
        .inputs(InputRule(10), .onerouterDocuments)
        .fields(
            FieldRule([
                .count, .seed, .safetyChecker, .enhancementStandard, .enhancementFast, .responseFormat,
            ]), .onerouterDocuments
        )
        .page("https://docs.onerouter.pro")
    ]

    private static let apiframe: [ModelEntry] = [
        // The page says 10 inputs and sides from 1024; the validator accepts 14 and 512.
        ModelEntry(.apiframe, "4.0", "seedream-4")
            .output(OutputRule(sides: 1024...4096, tiers: [.k1, .k2, .k4]), .apiframePage)
            .inputs(InputRule(10, bytes: 25_000_000), .apiframePage)
            .fields(
                FieldRule([.seed, .enhancementStandard, .enhancementOff]), .apiframePage
            )
            .price(PriceRule(3, .credits), .apiframePage)
            .page("https://docs.apiframe.ai"),
        apiframeBlock("4.5", "seedream-4.5"),
        apiframeBlock("5.0-lite", "seedream-5-lite"),
        apiframeBlock("5.0-pro", "seedream-5-pro"),
    ]

    /// Every model shares one block of fields; what a model makes of them is not stated.
    private static func apiframeBlock(_ alias: String, _ id: String) -> ModelEntry {
        ModelEntry(.apiframe, alias, id)
            .output(OutputRule(sides: 512...4096, tiers: []), .apiframeOpenAPI)
            .inputs(InputRule(14, bytes: 25_000_000), .apiframeOpenAPI)
            .fields(
                FieldRule(
                    [.seed, .enhancementStandard, .enhancementOff, .guidanceScale, .resultFormat],
                    lacks: [
                        .count, .imagesPerGeneration, .safetyChecker, .enhancementFast, .background,
                        .backgroundOfInput, .layers, .syncMode, .responseFormat,
                    ]), .apiframeOpenAPI
            )
            .page("https://docs.apiframe.ai")
    }

    // IDs of China begin with `doubao-`.
    private static let ark: [ModelEntry] = [
        ModelEntry(.ark, "4.0", "seedream-4-0-250828", "doubao-seedream-4-0-250828")
            .output(
                OutputRule(area: 921_600...16_777_216, maximumRatio: 16, tiers: [.k1, .k2, .k4]),
                .arkDocument
            )
            .inputs(
                InputRule(10, withOutputs: 15, bytes: 10_000_000, mediaTypes: [.jpeg, .png]), .arkDocument
            )
            .fields(
                FieldRule(
                    [.imagesPerGeneration, .enhancementStandard, .enhancementFast, .responseFormat],
                    imagesPerGeneration: 1...15), .arkDocument
            )
            .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(.ark, "4.5", "seedream-4-5-251128", "doubao-seedream-4-5-251128")
            .output(
                OutputRule(area: 3_686_400...16_777_216, maximumRatio: 16, tiers: [.k2, .k4]), .arkDocument
            )
            .inputs(
                InputRule(
                    14, withOutputs: 15, bytes: 10_000_000, mediaTypes: arkMediaTypes, maximumRatio: 16),
                .vercel
            )
            .fields(
                FieldRule(
                    [.imagesPerGeneration, .enhancementStandard, .responseFormat],
                    imagesPerGeneration: 1...15), .arkDocument
            )
            .price(PriceRule(0.04), .vercel)
            .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(
            .ark, "5.0-lite", "seedream-5-0-260128", "seedream-5-0-lite-260128",
            "doubao-seedream-5-0-260128", "doubao-seedream-5-0-lite-260128"
        )
        .output(
            OutputRule(area: 3_686_400...16_777_216, maximumRatio: 16, tiers: [.k2, .k3, .k4]), .comfyDocument
        )
        .inputs(
            InputRule(14, withOutputs: 15, bytes: 10_000_000, mediaTypes: arkMediaTypes, maximumRatio: 16),
            .comfyDocument
        )
        .fields(
            FieldRule(
                [.imagesPerGeneration, .resultFormat, .enhancementStandard, .responseFormat],
                lacks: [
                    .count, .seed, .safetyChecker, .guidanceScale, .background, .backgroundOfInput, .layers,
                    .syncMode,
                ],
                imagesPerGeneration: 1...15), .comfyDocument
        )
        .price(PriceRule(0.035), .resellers)
        .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(
            .ark, "5.0-pro", "seedream-5-0-pro-260628", "dola-seedream-5-0-pro-260628",
            "doubao-seedream-5-0-pro-260628"
        )
        .output(
            OutputRule(area: 921_600...4_624_220, maximumRatio: 16, tiers: [.k1, .k1_5, .k2]), .comfyCode
        )
        .inputs(
            InputRule(10, bytes: 30_000_000, mediaTypes: arkMediaTypes, maximumRatio: 16), .arkDocument
        )
        .fields(
            FieldRule(
                [
                    .enhancementStandard, .enhancementFast, .resultFormat, .backgroundOfInput, .layers,
                    .responseFormat,
                ], maximumLayers: 16), .arkruntime
        )
        .price(
            PriceRule(
                steps: [
                    .init(maximumArea: 2_610_000, amount: 0.045), .init(maximumArea: nil, amount: 0.09),
                ], perInput: 0.003, freeInputs: 1), .resellers
        )
        .seconds(80...130, .comfyIssue)
        .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(.ark, "5.0-flash", "seedream-5-0-flash-260915", "doubao-seedream-5-0-flash-260915")
            .output(
                OutputRule(area: 921_600...4_624_220, maximumRatio: 16, tiers: [.k1, .k1_5, .k2]), .comfyCode
            )
            .inputs(InputRule(10, mediaTypes: arkMediaTypes, maximumRatio: 16), .comfyCode)
            .fields(
                FieldRule(
                    [.resultFormat, .backgroundOfInput, .layers, .responseFormat],
                    lacks: [
                        .count, .imagesPerGeneration, .seed, .safetyChecker, .enhancementOff,
                        .background, .syncMode,
                    ], maximumLayers: 16), .comfyCode
            )
            .price(PriceRule(0.018), .resellers)
            .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(
            .ark, "5.5", "seedream-5-5-261028", "dola-seedream-5-5-261028", "doubao-seedream-5-5-261028"
        )
        .output(
            OutputRule(area: 921_600...Int.max, maximumRatio: 16, tiers: [.k1, .k1_5, .k2]), .comfySchema
        )
        .inputs(InputRule(10, mediaTypes: arkMediaTypes, maximumRatio: 16), .comfySchema)
        .fields(
            FieldRule(
                [.resultFormat, .background, .layers, .responseFormat],
                lacks: [
                    .count, .imagesPerGeneration, .seed, .safetyChecker, .enhancementFast, .enhancementOff,
                    .syncMode,
                ], maximumLayers: 99), .comfySchema
        )
        .price(
            PriceRule(
                steps: [
                    .init(maximumArea: 2_601_123, amount: 0.020), .init(maximumArea: nil, amount: 0.035),
                ], perInput: 0.008), .resellers
        )
        .page("https://docs.byteplus.com/en/docs/ModelArk/1541523"),

        ModelEntry(
            .ark, "3.0", edit: [], generate: ["seedream-3-0-t2i-250415", "doubao-seedream-3-0-t2i-250415"]
        )
        .output(
            OutputRule(sides: 512...2048, tiers: [.k1, .k2]), .aimlSchema
        )
        .fields(
            FieldRule([.seed, .guidanceScale, .responseFormat], guidanceScale: 1...10), .aimlSchema
        )
        .price(PriceRule(0.03), .resellers),
    ]

    // MARK: Lists that several rows share

    private static let falMediaTypes: [MediaType] = [.jpeg, .png, .webp]
    private static let arkMediaTypes: [MediaType] = [.jpeg, .png, .webp]
}

extension SizePreset {
    /// The six names with a size in px.
    fileprivate static let named = allCases.filter { $0.pixels != nil }
    /// The named sizes of Seedream 4.
    fileprivate static let seedream4 = named + [.auto, .auto2K, .auto4K]
}

extension FactSource {
    fileprivate static let falTypes = FactSource(.vendor, "@fal-ai/client types of 2026-08-02")
    fileprivate static let falToolkit = FactSource(.vendor, "fal's server toolkit: 10 MiB a data URI")
    fileprivate static let falPages = FactSource(.vendor, "llms.txt of the model's page at fal.ai")
    fileprivate static let argil = FactSource(.thirdParty, "argil's copy of fal's schema")
    fileprivate static let aimlDocuments = FactSource(.vendor, "aimlapi/api-docs f14fa72")
    fileprivate static let onerouterDocuments = FactSource(.vendor, "docs.onerouter.pro", read: "2026-11-21")
    fileprivate static let apiframePage = FactSource(
        .vendor, "Apiframe's page of seedream-4", read: "2026-11-21")
    fileprivate static let apiframeOpenAPI = FactSource(.vendor, "Apiframe's openapi.json 9f9b464")
    fileprivate static let arkDocument = FactSource(.thirdParty, "copies of ModelArk 1541523")
    fileprivate static let arkruntime = FactSource(
        .vendor, "arkruntime 0.17.0 (PyPI); the number of layers is docs.comfy.org's")
    fileprivate static let aimlSchema = FactSource(.thirdParty, "AIML's schema of the model, f14fa72")
    fileprivate static let falPageAndMuapi = FactSource(
        .thirdParty, "llms.txt of fal's us page; the fee for inputs is muapi.ai's")
    fileprivate static let comfyDocument = FactSource(
        .thirdParty, "docs.comfy.org, byteplus/seedream-5-0-260128")
    fileprivate static let comfySchema = FactSource(
        .thirdParty, "docs.comfy.org, byteplus/seedream-5-5-261028.json")
    fileprivate static let comfyCode = FactSource(.thirdParty, "ComfyUI nodes_bytedance.py 372f645")
    fileprivate static let comfyIssue = FactSource(.measured, "Comfy-Org/ComfyUI#16204")
    fileprivate static let vercel = FactSource(.thirdParty, "vercel.com/ai-gateway/models")
    fileprivate static let resellers = FactSource(.thirdParty, "apiyi.com, inference.sh, laozhang.ai")
    fileprivate static let otherSellers = FactSource(
        .thirdParty, "listed by other sellers of the model; fal's own price page was not read",
        read: "2026-11-21")
}
