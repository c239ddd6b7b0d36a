import SeedreamClient
import SeedreamModel
import Testing

@Suite("the text that names a ledger")
struct LedgerAddressTests {
    @Test(
        "is a path unless it begins like the URL of a database",
        arguments: ["jobs.sqlite", "/a/postgresql://x", "postgres:", "file://x", "", "postgresql:/x"])
    func path(_ text: String) { #expect(LedgerAddress(text) == .file(text)) }

    @Test(
        "is shown without a password",
        arguments: [
            ("postgresql://me@db/jobs", "postgresql://me@db/jobs", "postgresql://me@db/jobs"),
            ("postgres://db", "postgresql://db", "postgresql://db"),
            (
                "POSTGRES://me:s3cret@db:5433/jobs", "postgresql://me:***@db:5433/jobs",
                "postgresql://me@db:5433/jobs"
            ),
            (
                "postgresql://me:s3%40cret@a,b:2/jobs?sslmode=require", "postgresql://me:***@a,b:2/jobs",
                "postgresql://me@a,b:2/jobs?sslmode=require"
            ),
            (
                "postgresql://me@db/jobs?password=s3cret&sslmode=disable", "postgresql://me:***@db/jobs",
                "postgresql://me@db/jobs?sslmode=disable"
            ),
            (
                "postgresql:///jobs?host=/run/postgresql&password=s3cret", "postgresql://:***@/jobs",
                "postgresql:///jobs?host=/run/postgresql"
            ),
            ("postgresql://me:s3@cret@db/jobs", "postgresql://me:***@db/jobs", "postgresql://me@db/jobs"),
            ("postgresql://me:s3/cret@db/jobs", "postgresql://me:***@db/jobs", "postgresql://me@db/jobs"),
            ("postgresql://:s3cret@db/jobs", "postgresql://:***@db/jobs", "postgresql://db/jobs"),
            ("postgresql://me@db/jobs?=", "postgresql://me@db/jobs", "postgresql://me@db/jobs"),
            ("postgresql://me:s3?cret@db/jobs", "postgresql://***", "postgresql://***"),
            ("postgresql://me:se/s3?cret@db/jobs", "postgresql://***", "postgresql://***"),
            ("postgresql://db?password=s3@cret", "postgresql://***", "postgresql://***"),
            (
                "postgresql://db:5432/jobs?password=s3@cret&user=me", "postgresql://:***@db:5432/jobs",
                "postgresql://db:5432/jobs?user=me"
            ),
        ])
    func masked(_ text: String, _ masked: String, _ plain: String) throws {
        let address = LedgerAddress(text)
        #expect(address.shown == masked)
        let url = try #require(DatabaseURL(text))
        #expect(url.withoutPassword == plain)
        var dumped = ""
        dump(address, to: &dumped)
        for printed in ["\(address)", String(reflecting: url), dumped, "\(url)"] {
            #expect(!printed.contains("cret"), "\(printed)")
        }
    }

    #if !Postgres
    @Test("is refused with the way to build, if the build has no PostgreSQL")
    func lacking() {
        let error = #expect(throws: LedgerError.self) {
            try OpenedLedger.open("postgresql://me:s3cret@db/jobs")
        }
        #expect(error == .withoutPostgreSQL(url: "postgresql://me:***@db/jobs"))
        #expect(error?.remedy.text(in: .library).contains("the trait Postgres") == true)
    }
    #endif
}
