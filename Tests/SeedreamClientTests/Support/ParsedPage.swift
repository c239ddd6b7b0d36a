import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// A page parsed as XML, so that anything not well-formed is an error.
final class ParsedPage: NSObject, XMLParserDelegate {
    /// An element, with all text below it.
    final class Element {
        let name: String
        let attributes: [String: String]
        var text = ""

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }

    /// The source of the page.
    let source: String
    /// The elements in the order of the page.
    private(set) var elements: [Element] = []
    private var open: [Element] = []

    init(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        source = String(decoding: data, as: UTF8.self)
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        #expect(parser.parse(), "\(String(describing: parser.parserError)), line \(parser.lineNumber)")
    }

    /// Returns the elements of that name, and of that class if one is given.
    func all(_ name: String, _ style: String? = nil) -> [Element] {
        elements.filter { element in
            let styles = element.attributes["class"]?.split(separator: " ").map(String.init) ?? []
            return element.name == name && (style.map { styles.contains($0) } ?? true)
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        elements.append(element)
        open.append(element)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        for element in open { element.text += text }
    }
}
