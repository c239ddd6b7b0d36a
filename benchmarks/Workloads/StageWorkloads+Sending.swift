import SeedreamModel

extension StageWorkloads {
    /// Bytes to the text of data URIs.
    static var sending: [Workload] {
        [
            // The largest image that the default constraints let through.
            Workload("base64 data uri of 8 MB", per: .bytes) {
                let uri = DataURI(mediaType: .jpeg, bytes: noise(count: 8_000_000))
                return ReadyWorkload(amount: uri.bytes.count) {
                    guard uri.string.utf8.count == uri.length else {
                        throw WorkloadError.otherWork(expected: "\(uri.length) characters", found: "others")
                    }
                }
            },
            // A whole request, as far as there is one: the text goes into a buffer of the size that the lengths state.
            Workload("base64 10 data uris into a buffer", per: .bytes) {
                let uri = DataURI(mediaType: .jpeg, bytes: noise(count: 1_480_000))
                let uris = [DataURI](repeating: uri, count: 10)
                return ReadyWorkload(amount: uris.reduce(0) { $0 + $1.bytes.count }) {
                    let length = uris.reduce(0) { $0 + $1.length }
                    _ = EncodedBytes(count: length) { (body: UnsafeMutableRawBufferPointer) in
                        var offset = 0
                        for uri in uris {
                            uri.write { chunk in
                                UnsafeMutableRawBufferPointer(rebasing: body[offset...])
                                    .copyMemory(from: chunk)
                                offset += chunk.count
                            }
                        }
                    }
                }
            },
        ]
    }

    /// Bytes like compressed ones, always the same: the generator of Numerical Recipes.
    private static func noise(count: Int) -> EncodedBytes {
        EncodedBytes(count: count) { (target: UnsafeMutableRawBufferPointer) in
            var state: UInt32 = 1
            for index in target.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                target[index] = UInt8(truncatingIfNeeded: state >> 24)
            }
        }
    }
}
