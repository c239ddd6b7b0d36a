import Pixels

extension StageWorkloads {
    /// Planes to planes of another size, Lanczos3.
    static var resizing: [Workload] {
        [
            resize("resize 20 MP down to 16.7 MP", from: camera, to: largest),
            resize(
                "resize 0.24 MP up to 0.92 MP", from: PixelSize(width: 600, height: 400),
                to: PixelSize(width: 1176, height: 784)),
        ]
    }

    /// Resizing on one thread; the samples are Y'CbCr 4:2:0 at both ends.
    static func resize(
        _ name: String, from size: PixelSize, to target: PixelSize,
        primaries: PlaneFormat.Primaries = .bt709
    ) -> Workload {
        Workload(name, per: .pixels) {
            var picture = try Picture.planes(size)
            picture.format.primaries = primaries
            let format = PlaneFormat(.yCbCr, size: target, subsampling: picture.format.subsampling)
            return ReadyWorkload(amount: max(size.area, target.area)) { [picture] in
                try picture.write(to: DiscardingSink(format))
            }
        }
    }
}
