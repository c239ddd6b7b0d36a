import SeedreamKit
import SeedreamModel
import Testing

@Suite("shards")
struct ShardTests {
    @Test(
        "a row is in the shard that the first 8 bytes of its SHA-256 name",
        arguments: [("a", 2, 4), ("photos/cat.jpg", 3, 3), ("é", 3, 3)])
    func digest(_ name: String, of4: Int, of7: Int) throws {
        for index in 0..<4 { #expect(try Shard(index, of: 4).contains(name) == (index == of4)) }
        for index in 0..<7 { #expect(try Shard(index, of: 7).contains(name) == (index == of7)) }
    }

    @Test("the shards of a list are disjoint, complete and about equally large", arguments: [1, 2, 3, 16])
    func partition(_ count: Int) throws {
        let shards = try (0..<count).map { try Shard($0, of: count) }
        var sizes = [Int](repeating: 0, count: count)
        for row in 0..<4000 {
            let owners = shards.indices.filter { shards[$0].contains("row-\(row)") }
            try #require(owners.count == 1)
            sizes[owners[0]] += 1
        }
        #expect(sizes.allSatisfy { abs($0 - 4000 / count) < 400 }, "\(sizes)")
    }

    /// Returns the shard of a text in an environment.
    private func shard(_ text: String, _ environment: [String: String] = [:]) throws(ShardError) -> Shard {
        try Shard(text) { environment[$0] }
    }

    private static let slurm = [
        "SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_MAX": "13",
        "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_STEP": "1",
    ]
    private static let batch = ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "3"]
    private static let run = ["CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "3"]
    private static let kubernetes = ["JOB_COMPLETION_INDEX": "4"]

    @Test("a text and the arrays of schedulers name a shard")
    func named() throws {
        #expect(try shard("0/1") == Shard(0, of: 1))
        #expect(try shard("3/4") == Shard(3, of: 4))
        #expect(try shard("env", Self.slurm) == Shard(2, of: 4))
        #expect(try shard("env/4", Self.slurm) == Shard(2, of: 4))
        let short = Self.slurm.filter { !$0.key.hasSuffix("MAX") && !$0.key.hasSuffix("STEP") }
        #expect(try shard("env", short) == Shard(2, of: 4))
        #expect(try shard("env", Self.batch) == Shard(0, of: 3))
        #expect(try shard("env", Self.run) == Shard(2, of: 3))
        #expect(try shard("env/5", Self.kubernetes) == Shard(4, of: 5))
        // An empty variable is not set.
        #expect(try shard("env", Self.run.merging(["SLURM_ARRAY_TASK_ID": ""]) { $1 }) == Shard(2, of: 3))
    }

    @Test(
        "other texts are refused",
        arguments: [
            "", "1", "/", "1/", "/2", "1/2/3", "-1/2", "+1/2", "1.0/2", "a/b", "env/", "env/x", " 0/1", "٠/١",
        ])
    func malformed(_ text: String) {
        #expect(throws: ShardError.malformed(text)) { try shard(text, Self.kubernetes) }
    }

    @Test("an index that is not below the number is refused", arguments: ["0/0", "4/4", "5/4", "0/1000001"])
    func outOfRange(_ text: String) {
        let error = #expect(throws: ShardError.self) { try shard(text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("found \(text)"))
    }

    @Test("half a configuration is refused, and so are two schedulers")
    func incomplete() {
        #expect(throws: ShardError.noScheduler) { try shard("env") }
        #expect(throws: ShardError.noScheduler) { try shard("env/3") }
        for (all, scheduler) in [(Self.batch, "AWS Batch"), (Self.run, "Cloud Run")] {
            for name in all.keys {
                let rest = all.filter { $0.key != name }
                #expect(throws: ShardError.incomplete(scheduler: scheduler, missing: name)) {
                    try shard("env", rest)
                }
            }
        }
        for name in ["ID", "MIN", "COUNT"].map({ "SLURM_ARRAY_TASK_\($0)" }) {
            let rest = Self.slurm.filter { $0.key != name }
            #expect(throws: ShardError.incomplete(scheduler: "Slurm", missing: name)) {
                try shard("env", rest)
            }
        }
        #expect(throws: ShardError.ambiguous(["Slurm", "Kubernetes"])) {
            try shard("env/5", Self.slurm.merging(Self.kubernetes) { $1 })
        }
        #expect(throws: ShardError.countUnknown(scheduler: "Kubernetes", variable: "JOB_COMPLETION_INDEX")) {
            try shard("env", Self.kubernetes)
        }
        #expect(throws: ShardError.otherCount(scheduler: "AWS Batch", found: 3, given: 4)) {
            try shard("env/4", Self.batch)
        }
        #expect(throws: ShardError.outOfRange(index: 4, count: 3)) { try shard("env/3", Self.kubernetes) }
        #expect(throws: ShardError.notANumber(variable: "JOB_COMPLETION_INDEX", value: "first")) {
            try shard("env/3", ["JOB_COMPLETION_INDEX": "first"])
        }
    }

    @Test(
        "an array with steps or gaps is refused: some rows would have no task",
        arguments: [
            ["SLURM_ARRAY_TASK_STEP": "2"], ["SLURM_ARRAY_TASK_MAX": "20"], ["SLURM_ARRAY_TASK_ID": "14"],
            ["SLURM_ARRAY_TASK_ID": "9"], ["SLURM_ARRAY_TASK_COUNT": "0"],
            // `sbatch` outside of an array.
            ["SLURM_ARRAY_TASK_ID": "4294967294"],
        ])
    func sparse(_ changes: [String: String]) {
        let error = #expect(throws: ShardError.self) {
            try shard("env", Self.slurm.merging(changes) { $1 })
        }
        guard case .sparse? = error else {
            Issue.record("expected a sparse array, found \(String(describing: error))")
            return
        }
    }
}
