// The Swift blocks of the article in Sources/SeedreamModel/Documentation.docc.
// `CatalogueTests` compares them.
import Pixels
import SeedreamModel

/// Returns a request for one image; `nil` unless `size` is a size such as "16:9@4K", "2K" or
/// "1536x1024".
func request(for prompt: String, size: String) -> GenerationRequest? {
    guard let size = OutputSize(size) else { return nil }
    var request = GenerationRequest(prompt: prompt)
    request.size = size
    request.seed = 7
    return request
}

/// Returns whether a provider accepts an image of this displayed size, in px, as it is.
///
/// - Throws: `ConstraintError` if scaling cannot make it conform, for example at a ratio of 1:4.
func isAccepted(_ size: PixelSize, by provider: ProviderID) throws(ConstraintError) -> Bool {
    let constraints = InputConstraints.profile(named: provider.rawValue) ?? .seedream4
    return try constraints.targetSize(for: size) == size
}

/// Returns what happened, and what to do in a program with a menu "Shape".
func message(about error: any ErrorWithRemedy) -> [String] {
    let wording = Remedy.Wording { part in
        switch part {
        case .verb: "choose"
        case .setting(.fit(.pad)): "Shape > Add bands"
        case .setting(.fit(.crop)): "Shape > Crop"
        default: ("\(part)" as Remedy).text(in: .library)
        }
    }
    return ["\(error)", error.remedy.text(in: wording)]
}
