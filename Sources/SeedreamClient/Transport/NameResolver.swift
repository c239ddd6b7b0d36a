import Dispatch
import Platform
import Synchronization

/// Resolves host names.
package struct NameResolver: Sendable {
    /// Returns all addresses of a host name, best first; empty if it has none.
    ///
    /// - Throws: ``Failure``; `CancellationError` immediately, even if the system's lookup is still
    ///   running.
    package var addresses: @Sendable (_ host: String) async throws -> [IPAddress]

    package init(addresses: @escaping @Sendable (_ host: String) async throws -> [IPAddress]) {
        self.addresses = addresses
    }

    /// The reason why a name was not resolved.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The name does not exist or has no address.
        case noAddress
        /// No name server answered.
        case noAnswer
        /// The system failed. The value is its error number.
        case system(Int32)

        package var description: String {
            switch self {
            case .noAddress: "the name has no address"
            case .noAnswer: "the name server does not answer"
            case .system(EMFILE), .system(ENFILE): "no file descriptor is left to resolve the name"
            case .system(let code): "the name cannot be resolved (error \(code))"
            }
        }

        /// The action that resolves the error, on one line.
        package var hint: String {
            switch self {
            case .noAddress: "check the spelling of the name"
            case .noAnswer: "check that this machine is connected to a network, and its name server"
            case .system: "raise the limit of open files, for example with `ulimit -n 256`"
            }
        }
    }

    /// The system's resolver. It blocks its own threads, none of Swift's, and at most
    /// ``Lookups/maximum`` of them.
    package static let system: NameResolver = {
        let lookups = Lookups(lookUp)
        return NameResolver { try await lookups.addresses(of: $0) }
    }()

    private static func lookUp(_ host: String) -> Result<[IPAddress], Failure> {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            // glibc reports a lack of descriptors as EAI_SYSTEM or as an unresponsive name server.
            let number = errno
            if [EMFILE, ENFILE].contains(number), code != EAI_NONAME { return .failure(.system(number)) }
            switch code {
            case EAI_AGAIN: return .failure(.noAnswer)
            case EAI_SYSTEM: return .failure(.system(number))
            default: return .failure(.noAddress)
            }
        }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = read(entry), !addresses.contains(address) { addresses.append(address) }
            next = entry.ai_next
        }
        return .success(addresses)
    }

    private static func read(_ entry: addrinfo) -> IPAddress? {
        guard let address = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) {
                    .v6($0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
                }
            }
        default: return nil
        }
    }
}

/// Blocking lookups: one at a time for each name, and few names at the same time.
///
/// `getaddrinfo` cannot be interrupted, and an unresponsive name server holds it for half a minute.
/// A caller can give up at any time; the thread stays with the lookup, which the next caller for
/// that name joins.
package final class Lookups: Sendable {
    /// The maximum number of concurrent lookups; our choice.
    package static let maximum = 4

    private struct State {
        /// The callers that wait for a name, by number.
        var waiting: [String: [Int: CheckedContinuation<[IPAddress], any Error>]] = [:]
        var queue: [String] = []
        var running: Set<String> = []
        var last = 0
    }

    private let state = Mutex(State())
    private let lookUp: @Sendable (String) -> Result<[IPAddress], NameResolver.Failure>

    package init(_ lookUp: @escaping @Sendable (String) -> Result<[IPAddress], NameResolver.Failure>) {
        self.lookUp = lookUp
    }

    /// Returns the addresses of a host name.
    ///
    /// - Throws: ``NameResolver/Failure``; `CancellationError` immediately.
    package func addresses(of host: String) async throws -> [IPAddress] {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    // The handler may have run earlier and found no caller.
                    if Task.isCancelled { return true }
                    state.waiting[host, default: [:]][number] = continuation
                    if !state.running.contains(host), !state.queue.contains(host) { state.queue.append(host) }
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                startNext()
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiting[host]?.removeValue(forKey: number) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func startNext() {
        let host: String? = state.withLock { state in
            guard state.running.count < Self.maximum else { return nil }
            while !state.queue.isEmpty {
                let host = state.queue.removeFirst()
                if state.waiting[host]?.isEmpty == false {
                    state.running.insert(host)
                    return host
                }
                state.waiting[host] = nil
            }
            return nil
        }
        guard let host else { return }
        DispatchQueue.global().async { [self] in
            let answer = lookUp(host)
            let waiters = state.withLock { state in
                state.running.remove(host)
                return state.waiting.removeValue(forKey: host) ?? [:]
            }
            for waiter in waiters.values { waiter.resume(with: answer.mapError { $0 as any Error }) }
            startNext()
        }
    }
}
