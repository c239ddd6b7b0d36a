/// Rows of planes in memory that somebody else owns; valid as long as that is.
package struct PlaneView {
    /// For each plane, the address of its first row and the bytes from one row to the next.
    package var lines: [(base: UnsafeMutablePointer<UInt8>, stride: Int)]
    /// Whether the last plane is alpha.
    package var hasAlpha: Bool
}
