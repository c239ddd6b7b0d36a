/// The place of this process in a job array, as the scheduler's environment tells it.
struct JobArray: Sendable {
    /// The index of a process, from 0, and the number of processes, if it is known.
    struct Place: Hashable {
        var scheduler: String
        /// The variable with the index.
        var variable: String
        var index: Int
        var count: Int?
    }

    /// The name of the scheduler.
    let scheduler: String
    /// The variable with the index.
    let index: String
    /// The variables that a complete configuration has besides.
    let required: [String]
    /// Returns the place, if all these variables are set.
    let place: @Sendable (Values) throws(ShardError) -> Place

    /// The variables of a scheduler that are set.
    struct Values {
        let scheduler: String
        let environment: (String) -> String?

        /// Returns the value of a variable; an empty one counts as missing.
        func text(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }

        func number(_ name: String) throws(ShardError) -> Int {
            guard let text = text(name) else { throw .incomplete(scheduler: scheduler, missing: name) }
            guard let number = Shard.number(text) else { throw .notANumber(variable: name, value: text) }
            return number
        }
    }

    private static let all = [slurm, awsBatch, cloudRun, kubernetes]

    /// Returns the place of this process.
    ///
    /// - Throws: ``ShardError`` if there is no scheduler, more than one, or half a configuration.
    static func current(_ environment: (String) -> String?) throws(ShardError) -> Place {
        try withoutActuallyEscaping(environment) { environment throws(ShardError) in
            let found = all.filter { array in
                let values = Values(scheduler: array.scheduler, environment: environment)
                return ([array.index] + array.required).contains { values.text($0) != nil }
            }
            guard let array = found.first else { throw .noScheduler }
            guard found.count == 1 else { throw .ambiguous(found.map(\.scheduler)) }
            return try array.place(Values(scheduler: array.scheduler, environment: environment))
        }
    }

    /// https://slurm.schedmd.com/job_array.html. The first index may be any number.
    private static let slurm = JobArray(
        scheduler: "Slurm", index: "SLURM_ARRAY_TASK_ID",
        required: ["SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"]
    ) { values throws(ShardError) in
        let id = try values.number("SLURM_ARRAY_TASK_ID")
        let first = try values.number("SLURM_ARRAY_TASK_MIN")
        let count = try values.number("SLURM_ARRAY_TASK_COUNT")
        // The largest index and the step tell whether there are gaps.
        let last =
            values.text("SLURM_ARRAY_TASK_MAX") == nil
            ? first + count - 1 : try values.number("SLURM_ARRAY_TASK_MAX")
        let step =
            values.text("SLURM_ARRAY_TASK_STEP") == nil ? 1 : try values.number("SLURM_ARRAY_TASK_STEP")
        guard last - first + 1 == count, step == 1 || count == 1, (first...max(first, last)).contains(id)
        else {
            throw .sparse(
                scheduler: "Slurm",
                found: "\(count) tasks from \(first) to \(last) with step \(step), this one \(id)")
        }
        return Place(scheduler: "Slurm", variable: "SLURM_ARRAY_TASK_ID", index: id - first, count: count)
    }

    /// https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html.
    private static let awsBatch = counted(
        "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE")

    /// https://cloud.google.com/run/docs/container-contract.
    private static let cloudRun = counted(
        "Cloud Run", index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT")

    /// https://kubernetes.io/docs/concepts/workloads/controllers/job/.
    private static let kubernetes = JobArray(
        scheduler: "Kubernetes", index: "JOB_COMPLETION_INDEX", required: []
    ) { values throws(ShardError) in
        Place(
            scheduler: "Kubernetes", variable: "JOB_COMPLETION_INDEX",
            index: try values.number("JOB_COMPLETION_INDEX"))
    }

    private static func counted(_ scheduler: String, index: String, count: String) -> JobArray {
        JobArray(scheduler: scheduler, index: index, required: [count]) { values throws(ShardError) in
            Place(
                scheduler: scheduler, variable: index, index: try values.number(index),
                count: try values.number(count))
        }
    }
}
