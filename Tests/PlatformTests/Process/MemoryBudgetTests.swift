import Foundation
import Platform
import TestSupport
import Testing

@Suite("MemoryBudget")
struct MemoryBudgetTests {
    @Test("is at most 4 GiB and half of the machine's memory")
    func bounds() {
        let budget = MemoryBudget.systemDefault
        #expect(budget > 0)
        #expect(budget <= 4 << 30)
        #expect(budget <= Int(ProcessInfo.processInfo.physicalMemory) / 2)
    }

    #if canImport(Glibc)
    @Test("is at most half of the remaining address space")
    func addressSpace() async {
        // In a separate process, because the limit holds until it ends.
        await #expect(processExitsWith: .success) {
            let used = try #require(ProcessStatus()?.bytes("VmSize"))
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
            try #require(getrlimit(resource, &limit) == 0)
            limit.rlim_cur = rlim_t(used + (1 << 30))
            try #require(setrlimit(resource, &limit) == 0)
            try #require(MemoryBudget.systemDefault <= 512 << 20)
            try #require(MemoryBudget.systemDefault > 0)
        }
    }
    #endif
}
