import Foundation

/// The difference of two sRGB colours after CIEDE2000 (CIE 142-2001; Sharma, Wu and Dalal 2005).
package enum ColorDifference {
    /// - Parameters: Red, green and blue from 0 to 255.
    package static func ciede2000(_ first: [Double], _ second: [Double]) -> Double {
        let (one, two) = (lab(first), lab(second))
        let chroma = (hypot(one.a, one.b) + hypot(two.a, two.b)) / 2
        let g = 0.5 * (1 - sqrt(pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7))))
        let (a1, a2) = (one.a * (1 + g), two.a * (1 + g))
        let (c1, c2) = (hypot(a1, one.b), hypot(a2, two.b))
        let (h1, h2) = (hue(a1, one.b), hue(a2, two.b))
        let lightness = two.l - one.l
        let chromaStep = c2 - c1
        var turn = h2 - h1
        if c1 * c2 == 0 { turn = 0 } else if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        let hueStep = 2 * sqrt(c1 * c2) * sin(turn / 2 * .pi / 180)
        let meanL = (one.l + two.l) / 2
        let meanC = (c1 + c2) / 2
        var meanH = h1 + h2
        if c1 * c2 != 0 {
            meanH = abs(h1 - h2) <= 180 ? meanH / 2 : meanH < 360 ? (meanH + 360) / 2 : (meanH - 360) / 2
        }
        func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
        let t =
            1 - 0.17 * cosine(meanH - 30) + 0.24 * cosine(2 * meanH) + 0.32 * cosine(3 * meanH + 6)
            - 0.20 * cosine(4 * meanH - 63)
        let weightL = 1 + 0.015 * pow(meanL - 50, 2) / sqrt(20 + pow(meanL - 50, 2))
        let weightC = 1 + 0.045 * meanC
        let weightH = 1 + 0.015 * meanC * t
        let rotation =
            -2 * sqrt(pow(meanC, 7) / (pow(meanC, 7) + pow(25, 7)))
            * sin(60 * exp(-pow((meanH - 275) / 25, 2)) * .pi / 180)
        let (l, c, h) = (lightness / weightL, chromaStep / weightC, hueStep / weightH)
        return sqrt(l * l + c * c + h * h + rotation * c * h)
    }

    /// CIE L*a*b* under D65.
    private static func lab(_ color: [Double]) -> (l: Double, a: Double, b: Double) {
        let linear = color.map { code in
            let v = code / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        let x = 0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]
        let y = 0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]
        let z = 0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]
        func f(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
        let (fx, fy, fz) = (f(x / 0.95047), f(y), f(z / 1.08883))
        return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
    }

    private static func hue(_ a: Double, _ b: Double) -> Double {
        if a == 0, b == 0 { return 0 }
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }
}
