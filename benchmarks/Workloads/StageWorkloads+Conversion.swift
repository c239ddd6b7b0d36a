import Pixels

extension StageWorkloads {
    /// Colours to sRGB.
    static var conversion: [Workload] {
        [
            // Compare with `resize 20 MP down to 16.7 MP`, which is the same without the primaries.
            resize(
                "colour display p3 while resizing 20 MP to 16.7 MP", from: camera, to: largest,
                primaries: .displayP3),
            Workload("colour profile rgb rows 1.8 MP", per: .pixels) {
                let (size, samples) = try PackedRows.rgb()
                return ReadyWorkload(amount: size.area) {
                    let transform = ColorTransform(
                        from: ColorProfiles.displayP3, channels: 3, sampleType: .byte)
                    guard let transform else {
                        throw WorkloadError.otherWork(expected: "a transform", found: "none")
                    }
                    var row = [UInt8](repeating: 0, count: 3 * size.width)
                    samples.withUnsafeBytes { samples in
                        guard let base = samples.baseAddress else { return }
                        for y in 0..<size.height {
                            transform.convert(base + y * row.count, to: &row, count: size.width)
                        }
                    }
                }
            },
        ]
    }
}
