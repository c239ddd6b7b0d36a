private import CLittleCMS

/// The bytes of profiles that this package makes.
package enum ColorProfiles {
    /// Display P3 as a matrix profile.
    package static let displayP3: [UInt8] = ColorProfileHandle.displayP3()?.bytes ?? []

    /// The linked LittleCMS's version, as `"2.14"`.
    package static var engineVersion: String {
        let number = Int(cmsGetEncodedCMMversion())
        return "\(number / 1000).\(number % 1000 / 10)"
    }
}
