import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel

/// `ImagePreparer.prepare` of one image in memory, from its bytes to the bytes to send.
public enum PrepareWorkloads {
    /// All preparation workloads.
    public static var all: [Workload] {
        var workloads = [
            prepare("prepare jpeg 12 MP passed through", .passThrough, [.metadataRemoved]) {
                try Photo.dandelion.metadata(copiedTo: jpeg(StageWorkloads.phone))
            },
            prepare("prepare jpeg 0.3 MP enlarged", .transcode, [.belowMinimumArea]) {
                try await reduced(toArea: 300_000)
            },
            // For providers that take at most 2048x2048.
            prepare(
                "prepare jpeg 12 MP rotated and reduced to 4.2 MP", .transcode,
                [.rotated, .aboveMaximumArea],
                maximumArea: 4_194_304
            ) {
                try Photo.portrait.metadata(copiedTo: jpeg(StageWorkloads.phone))
            },
            prepare("prepare jpeg 20 MP reduced to 16.7 MP", .transcode, [.aboveMaximumArea]) {
                try jpeg(StageWorkloads.camera)
            },
            prepare("prepare png 1.8 MP flattened", .transcode, [.flattened]) {
                try TiledImage.rgba().encoded(as: .png)
            },
            prepare("prepare webp 1.8 MP", .transcode, [.mediaTypeNotAccepted]) {
                try TiledImage.rgb().encoded(as: .webp)
            },
        ]
        if ImageFormat.tiff.isReadable {
            workloads.append(
                prepare("prepare tiff 1.8 MP", .transcode, [.mediaTypeNotAccepted]) {
                    let (size, samples) = try PackedRows.rgb()
                    return TIFFFile.bytes(rgb: samples, size: size)
                })
        }
        if JPEGRotator.isAvailable {
            workloads.append(
                prepare("prepare jpeg 12 MP rotated without loss", .turn, [.rotated]) {
                    try Photo.portrait.metadata(copiedTo: jpeg(StageWorkloads.phone))
                })
        }
        return workloads
    }

    /// Returns a workload that fails if preparation does not do what the name says.
    private static func prepare(
        _ name: String, _ action: Action, _ reasons: Set<Reason>,
        maximumArea: Int = InputConstraints.seedream4.maximumArea,
        bytes: @escaping @Sendable () async throws -> [UInt8]
    ) -> Workload {
        Workload(name, per: .pixels) {
            var constraints = InputConstraints.seedream4
            constraints.maximumArea = maximumArea
            let preparer = ImagePreparer(constraints: constraints)
            let inputs = [ImageInput.bytes(try await bytes(), name: name)]
            let image = try await preparer.prepare(inputs).images[0]
            guard image.action == action, reasons.isSubset(of: image.reasons) else {
                throw WorkloadError.otherWork(
                    expected: describe(action, Array(reasons)), found: describe(image.action, image.reasons))
            }
            let stored = PixelSize(width: image.source.width, height: image.source.height)
            return ReadyWorkload(amount: max(stored.area, image.size.area)) {
                _ = try await preparer.prepare(inputs)
            }
        }
    }

    private static func describe(_ action: Action, _ reasons: [Reason]) -> String {
        "\(action.rawValue) (\(reasons.map(\.rawValue).sorted().joined(separator: ", ")))"
    }

    /// Returns a JPEG without metadata.
    private static func jpeg(_ size: PixelSize) throws -> [UInt8] {
        try TiledImage.planes(size).encoded(as: .jpeg)
    }

    /// Returns the photograph, reduced by the preparer.
    private static func reduced(toArea area: Int) async throws -> [UInt8] {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        constraints.maximumArea = area
        let photograph = ImageInput.file(Photo.dandelion.path)
        return try await ImagePreparer(constraints: constraints).prepare([photograph]).images[0].bytes.array
    }
}
