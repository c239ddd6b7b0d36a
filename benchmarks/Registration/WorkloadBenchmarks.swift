import Benchmark
public import Workloads

/// Workloads as benchmarks.
public enum WorkloadBenchmarks {
    /// Registers a benchmark for each workload.
    ///
    /// Each is measured for two seconds behind one run that is not counted. Brief ones are run a thousand times for each
    /// measurement, and what is reported is one run.
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

    /// Of all threads. The metric `cpuTotal` goes in steps of 10 ms on Linux, which is longer than many a run.
    private static let processorTime = BenchmarkMetric.custom("Time (process CPU) ns")

    /// Runs in a second are too few to tell apart: what they do is counted too.
    private static func rate(of workload: Workload) -> BenchmarkMetric? {
        switch workload.unit {
        case .pixels: .custom("Megapixels/s", polarity: .prefersLarger, useScalingFactor: false)
        case .bytes: .custom("Megabytes/s", polarity: .prefersLarger, useScalingFactor: false)
        case .calls: nil
        }
    }
}
