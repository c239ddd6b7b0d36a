package import HTTPTypes
package import Pixels

/// A request in a host's own words: everything but the key.
package struct RequestDraft: Sendable {
    /// The host's id of the model.
    package var model: String
    /// The call.
    package var operation: APIOperation
    /// The whole URL, with its query.
    package var url: String
    /// Header fields of the host's own.
    package var fields: HTTPFields
    /// The JSON body.
    package var body: WireValue
    /// What is dropped, changed or foreseen.
    package var warnings: [RequestWarning]
    /// The size in px that the result should have; `nil` where only the host knows.
    package var predictedSize: PixelSize?
    /// The least and the most pictures that come.
    package var outputs: ClosedRange<Int>
    /// Whether pictures come inside the reply.
    package var isInline: Bool

    package init(
        model: String, operation: APIOperation, url: String, fields: HTTPFields = [:], body: WireValue,
        warnings: [RequestWarning] = [],
        predictedSize: PixelSize? = nil, outputs: ClosedRange<Int>, isInline: Bool = false
    ) {
        self.model = model
        self.operation = operation
        self.url = url
        self.fields = fields
        self.body = body
        self.warnings = warnings
        self.predictedSize = predictedSize
        self.outputs = outputs
        self.isInline = isInline
    }
}
