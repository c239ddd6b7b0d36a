#if Postgres
/// The tables of a ledger, in the schema `seedream` of a database.
enum PostgresSchema {
    /// The number of migrations; a schema with a higher number was written by a later version.
    static let version = 1
    /// The lowest version of the server that has everything that is used.
    static let minimumServer = 12

    /// What a database contains.
    enum State: Hashable {
        /// No schema of this name, or an empty one.
        case absent
        /// A ledger of this version. Its identity is that of the ledger, also after the server has
        /// moved.
        case current(identity: String)
        /// A ledger of an earlier version, to be migrated.
        case earlier(version: Int)
        case later
        /// A schema of another program.
        case foreign
    }

    static func state(_ transaction: PostgresTransaction) throws -> State {
        let row = try transaction.run(
            """
            SELECT to_regclass('seedream.version') IS NOT NULL AS has_version, EXISTS (
                SELECT FROM pg_class
                WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'seedream')
            ) AS has_tables
            """
        ).first
        guard let row else { return .foreign }
        guard try row.flag("has_version") else { return try row.flag("has_tables") ? .foreign : .absent }
        let found = try transaction.run("SELECT number, identity, program FROM seedream.version")
        guard found.rows.count == 1, let row = found.first, row.optional("program") == "seedream" else {
            return .foreign
        }
        let number = try row.integer("number")
        if number > version { return .later }
        return number < version
            ? .earlier(version: number) : .current(identity: try row.text("identity"))
    }

    /// Returns the error for a database that cannot be used as it is.
    ///
    /// - Parameter identity: The ledger that was open before, if any.
    static func error(_ state: State, replacing identity: String? = nil, _ url: DatabaseURL)
        -> LedgerError
    {
        switch state {
        case .absent: .absent(path: url.masked)
        case .later: .tooNew(path: url.masked)
        case .foreign:
            .damaged(path: url.masked, reason: "its schema seedream belongs to another program")
        case .earlier:
            .cannotOpen(path: url.masked, reason: "an earlier version wrote it, and it cannot be changed")
        case .current:
            .damaged(path: url.masked, reason: "its address now leads to another ledger")
        }
    }

    /// Creates or migrates the tables. Call it in a transaction that waits for all others that do.
    static func migrate(_ transaction: PostgresTransaction, identity: String) throws {
        // A role without the right to create schemas may use one that its owner made.
        let row = try transaction.run(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'seedream') AS is_there"
        ).first
        if try row?.flag("is_there") != true { try transaction.run("CREATE SCHEMA seedream") }
        try transaction.connection.runAll(tables)
        try transaction.run(
            "INSERT INTO seedream.version (number, identity, program) VALUES ($1, $2, 'seedream')",
            [version, identity])
    }

    /// Texts that are compared with `<` have the collation "C": bytes decide, as in SQLite. Long
    /// texts are indexed by a digest, as an entry of an index has at most 2.7 kB; queries compare
    /// the texts too.
    private static let tables = """
        CREATE TABLE seedream.version (
            number integer NOT NULL,
            identity text NOT NULL,
            program text NOT NULL
        );
        CREATE TABLE seedream.owner (
            name text COLLATE "C" PRIMARY KEY,
            expires timestamptz NOT NULL
        );
        CREATE TABLE seedream.account (
            name text COLLATE "C" PRIMARY KEY
        );
        CREATE TABLE seedream.job (
            id text COLLATE "C" PRIMARY KEY,
            place bigint GENERATED ALWAYS AS IDENTITY,
            created double precision NOT NULL,
            updated double precision NOT NULL,
            provider text NOT NULL,
            state text NOT NULL,
            request_id text COLLATE "C",
            owner text COLLATE "C",
            claim bigint NOT NULL DEFAULT 0,
            change text,
            record text NOT NULL,
            run text COLLATE "C",
            row_key text COLLATE "C",
            content text COLLATE "C",
            cost double precision,
            unit text,
            account text COLLATE "C" NOT NULL,
            slot_until timestamptz
        );
        CREATE INDEX job_created ON seedream.job (created, place);
        CREATE INDEX job_state ON seedream.job (state, created, place);
        CREATE INDEX job_request ON seedream.job (request_id) WHERE request_id IS NOT NULL;
        CREATE UNIQUE INDEX job_row ON seedream.job (run, md5(row_key))
            WHERE row_key IS NOT NULL AND state NOT IN ('failed', 'cancelled');
        CREATE INDEX job_run ON seedream.job (run, created, place) WHERE run IS NOT NULL;
        CREATE INDEX job_cost ON seedream.job (run, unit) INCLUDE (cost) WHERE run IS NOT NULL;
        CREATE INDEX job_content ON seedream.job (content) WHERE content IS NOT NULL;
        CREATE INDEX job_slot ON seedream.job (account, slot_until) WHERE slot_until IS NOT NULL;
        CREATE TABLE seedream.run (
            id text COLLATE "C" PRIMARY KEY,
            name text,
            updated double precision NOT NULL,
            joined timestamptz NOT NULL,
            record text NOT NULL
        );
        CREATE INDEX run_joined ON seedream.run (joined);
        CREATE TABLE seedream.run_row (
            run text COLLATE "C" NOT NULL,
            number integer NOT NULL,
            label text COLLATE "C" NOT NULL,
            row_key text COLLATE "C",
            state text NOT NULL,
            job text COLLATE "C",
            owner text COLLATE "C",
            claim bigint NOT NULL DEFAULT 0,
            failure text,
            stem text COLLATE "C",
            PRIMARY KEY (run, number)
        );
        CREATE UNIQUE INDEX run_row_key ON seedream.run_row (run, md5(row_key))
            WHERE row_key IS NOT NULL;
        CREATE INDEX run_row_label ON seedream.run_row USING hash (label);
        CREATE INDEX run_row_stem ON seedream.run_row (run, md5(stem), number)
            WHERE stem IS NOT NULL AND job IS NULL;
        CREATE INDEX run_row_job ON seedream.run_row (job) WHERE job IS NOT NULL;
        CREATE TABLE seedream.result_name (
            folder text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            stem text COLLATE "C" NOT NULL,
            number integer NOT NULL,
            job text COLLATE "C" NOT NULL
        );
        CREATE UNIQUE INDEX result_name_name ON seedream.result_name (md5(folder), name);
        CREATE INDEX result_name_number ON seedream.result_name (md5(folder), stem, number);
        CREATE INDEX result_name_job ON seedream.result_name (job, stem);
        """
}
#endif
