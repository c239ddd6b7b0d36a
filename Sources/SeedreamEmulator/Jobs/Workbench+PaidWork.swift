/// What hosts do alike once they have taken a paid request.
extension Workbench {
    /// An input that was not taken, and its place among those that were read.
    struct RefusedInput: Error {
        var index: Int
        var violation: InputViolation
    }

    /// Does paid work, and settles its ledger entry: billed if there is an outcome, released if
    /// not.
    ///
    /// - Throws: What `work` throws, after the release.
    func settling(_ requestID: String, _ work: () async throws -> JobOutcome) async throws -> JobOutcome {
        do {
            let outcome = try await work()
            await ledger.bill(requestID, images: outcome.pictures, cost: outcome.cost)
            return outcome
        } catch {
            await ledger.release(requestID)
            throw error
        }
    }

    /// Reads the input images of a request, in order, and enters them in the log and the ledger.
    ///
    /// - Throws: The first violation; nothing is then entered.
    func pictures(
        _ references: [String], limits: InputLimits, requestID: String, logNumber: Int
    ) async throws(RefusedInput) -> [InputPicture] {
        var pictures: [InputPicture] = []
        for (index, reference) in references.enumerated() {
            do throws(InputViolation) {
                pictures.append(try await inputs.picture(reference, limits: limits))
            } catch {
                throw RefusedInput(index: index, violation: error)
            }
        }
        await log.note(inputs: pictures, of: logNumber)
        await ledger.note(inputs: pictures.map(\.sha256), of: requestID)
        return pictures
    }
}
