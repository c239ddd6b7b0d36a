import SeedreamClient
import SeedreamModel
import Testing

@Suite("application at fal")
struct FalAppTests {
    @Test(
        "has its job URLs below the application, without its path",
        arguments: [
            ("fal-ai/bytedance/seedream/v4/edit", "fal-ai/bytedance"), ("fal-ai/flux", "fal-ai/flux"),
            ("workflows/me/flow/step", "workflows/me/flow"), ("comfy/me/graph", "comfy/me/graph"),
            ("110602490-lora", "110602490/lora"), ("12-a-b", "12/a-b"),
        ])
    func root(_ model: String, _ root: String) {
        let ticket = JobTicket(requestID: "abc", model: model)
        let base = "https://queue.fal.run/\(root)/requests/abc"
        let context = FalSample.context
        let fal = FalSample.fal
        #expect(
            fal.statusRequest(for: ticket, withLogs: true, in: context)?.url == "\(base)/status?logs=true")
        #expect(fal.resultRequest(for: ticket, in: context)?.url == base)
        #expect(fal.cancelRequest(for: ticket, in: context)?.url == "\(base)/cancel")
    }

    @Test("in the legacy form is below its owner")
    func legacy() throws {
        let draft = try FalSample.draft(FalSample.request { $0.model = "110602490-lora" })
        #expect(draft.url == "https://queue.fal.run/110602490/lora")
    }
}
