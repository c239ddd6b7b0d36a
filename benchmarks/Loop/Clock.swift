#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// CPU time of all threads and wall time since it was made, in seconds.
struct Clock {
    private let cpu = Clock.seconds(CLOCK_PROCESS_CPUTIME_ID)
    private let wall = Clock.seconds(CLOCK_MONOTONIC)

    var elapsed: (cpu: Double, wall: Double) {
        (Clock.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, Clock.seconds(CLOCK_MONOTONIC) - wall)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
