import Benchmark
import Foundation
public import Workloads

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Registers workloads as benchmarks.
public enum WorkloadBenchmarks {
    /// Registers a benchmark for each workload.
    ///
    /// Each is measured for two seconds, after one warm-up run. A brief workload is run a thousand
    /// times for each measurement, and the result is reported for one run.
    public static func register(_ workloads: [Workload]) {
        for workload in workloads { register(workload) }
    }

    private static func register(_ workload: Workload) {
        let rate = rate(of: workload)
        var metrics: [BenchmarkMetric] = [.wallClock, processorTime, .throughput, .peakMemoryResident]
        if let rate { metrics.append(rate) }
        let configuration = Benchmark.Configuration(
            metrics: metrics, warmupIterations: 1, scalingFactor: workload.isBrief ? .kilo : .one,
            maxDuration: .seconds(2))
        Benchmark(workload.name, configuration: configuration) { benchmark, ready in
            let processor = ProcessorClock.nanoseconds
            let start = ContinuousClock.now
            await Failure.isFatal(to: workload.name) {
                for _ in benchmark.scaledIterations { try await ready.run() }
            }
            benchmark.measurement(processorTime, ProcessorClock.nanoseconds - processor)
            guard let rate else { return }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            benchmark.measurement(rate, Int(Double(ready.amount) / 1_000_000 / seconds))
        } setup: {
            await Failure.isFatal(to: workload.name) { try await workload.setUp() }
        }
    }

    /// The CPU time of all threads. The metric `cpuTotal` has a resolution of 10 ms on Linux,
    /// longer than many runs.
    private static let processorTime = BenchmarkMetric.custom("Time (process CPU) ns")

    /// Returns the metric for the amount of work in a second, since the number of runs in a second
    /// is too small to compare.
    private static func rate(of workload: Workload) -> BenchmarkMetric? {
        switch workload.unit {
        case .pixels: .custom("Megapixels/s", polarity: .prefersLarger, useScalingFactor: false)
        case .bytes: .custom("Megabytes/s", polarity: .prefersLarger, useScalingFactor: false)
        case .calls: nil
        }
    }
}

/// Ends the process when a benchmark cannot be measured.
enum Failure {
    /// Returns the result of `body`. If it throws, the error is printed on stderr and the process
    /// exits with 1: an error reported to the plugin is printed, but the plugin still succeeds.
    static func isFatal<Result>(to name: String, _ body: () async throws -> Result) async -> Result {
        do {
            return try await body()
        } catch {
            FileHandle.standardError.write(Data("error: \(name): \(error)\n".utf8))
            exit(1)
        }
    }
}

/// The CPU time of this process.
enum ProcessorClock {
    /// The CPU time of all threads, including ended ones, in nanoseconds.
    static var nanoseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
