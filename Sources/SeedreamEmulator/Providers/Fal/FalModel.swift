/// fal's two endpoints of Seedream 4.
enum FalModel: String, Sendable, CaseIterable {
    case edit = "fal-ai/bytedance/seedream/v4/edit"
    case textToImage = "fal-ai/bytedance/seedream/v4/text-to-image"

    /// Owner and alias: what status, result and cancel URLs are made of.
    static let root = "fal-ai/bytedance"

    /// Fields of the endpoint's schema. Others are ignored, as pydantic does.
    var takesImages: Bool { self == .edit }
}
