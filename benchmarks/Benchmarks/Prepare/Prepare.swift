import Benchmark
import Registration
import Workloads

/// The entry point of the benchmark plugin.
let benchmarks: @Sendable () -> Void = { WorkloadBenchmarks.register(PrepareWorkloads.all) }
