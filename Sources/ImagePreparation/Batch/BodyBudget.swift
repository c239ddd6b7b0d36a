/// Arithmetic for sharing one request body among its images.
package enum BodyBudget {
    /// The size of a body in characters without its data URIs. Our estimate, generous for a prompt
    /// of 4000 characters and all fields.
    package static func envelope(images: Int) -> Int { 20_000 + 8 * images }

    /// Returns the largest share with which all images together fit, where images that need less
    /// keep their length.
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

    /// Returns the maximum size in bytes of an image of any media type if its data URI may have the
    /// given number of characters.
    package static func bytes(forCharacters characters: Int) -> Int {
        max(0, (characters - "data:image/jpeg;base64,".utf8.count) / 4 * 3)
    }
}
