import Pixels

/// The stages that pictures go through, each alone.
public enum StageWorkloads {
    /// All of them, in the order of the work.
    public static var all: [Workload] {
        headers + decoding + resizing + conversion + encoding + stripping + sending
    }

    /// What a camera of 12 megapixels makes.
    static let phone = PixelSize(width: 4032, height: 3024)
    /// 20 megapixels: more than the largest area that is sent.
    static let camera = PixelSize(width: 5216, height: 3912)
    /// The camera's picture, reduced to the largest area that is sent.
    static let largest = PixelSize(width: 4728, height: 3546)
}
