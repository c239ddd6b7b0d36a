import Benchmark
import Registration
import Workloads

/// What the plugin looks for.
let benchmarks: @Sendable () -> Void = { WorkloadBenchmarks.register(PrepareWorkloads.all) }
