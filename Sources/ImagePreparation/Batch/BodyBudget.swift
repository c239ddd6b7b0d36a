/// How the bytes of one request body are shared among its images.
package enum BodyBudget {
    /// Characters of a body that are not data URIs: ours, generous for a prompt of 4000 characters
    /// and all fields.
    package static func envelope(images: Int) -> Int { 20_000 + 8 * images }

    /// The largest share such that images that need less keep what they have, and all together fit.
    package static func share(of budget: Int, among lengths: [Int]) -> Int {
        var left = max(budget, 0)
        var count = lengths.count
        for length in lengths.sorted() {
            let equal = left / max(count, 1)
            if length > equal { return equal }
            left -= length
            count -= 1
        }
        return left
    }

    /// The most bytes whose data URI has at most that many characters, whatever the media type.
    package static func bytes(forCharacters characters: Int) -> Int {
        max(0, (characters - "data:image/jpeg;base64,".utf8.count) / 4 * 3)
    }
}
