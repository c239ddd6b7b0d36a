import Pixels
import Platform

/// A thread that fills a ring from a source while another thread empties it.
///
/// Rows are handed over under one lock: the reader writes rows `filled..<filled + band` only while
/// `filled + band - ringRows <= released`, the consumer reads rows `released..<filled`.
final class ReadAhead {
    private let shared: Shared
    private let thread: WorkerThread

    init(source: any BandSource, buffer: PlaneBuffer, ringRows: Int) throws {
        let shared = Shared(source: source, buffer: buffer, ringRows: ringRows)
        self.shared = shared
        do throws(ThreadShortage) {
            thread = try WorkerThread { shared.fill() }
        } catch {
            throw PixelError.outOfMemory
        }
    }

    deinit {
        shared.monitor.locked { shared.isCancelled = true }
        thread.join()
    }

    func require(_ end: Int, releasing released: Int) throws {
        try shared.monitor.locked {
            shared.released = max(shared.released, released)
            while shared.filled < end, shared.failure == nil { shared.monitor.wait() }
            if shared.filled < end, let failure = shared.failure { throw failure }
        }
    }

    /// Waits for the reader to end.
    func join() throws {
        thread.join()
        if let failure = shared.monitor.locked({ shared.failure }) { throw failure }
    }

    /// What both threads see.
    ///
    /// `@unchecked Sendable`: `filled`, `released`, `failure` and `isCancelled` are touched under
    /// `monitor` only; `source` is touched by the reading thread alone until it has been joined;
    /// `buffer`'s rows are divided between the threads by `released` and `filled`.
    private final class Shared: @unchecked Sendable {
        let monitor = Monitor()
        let source: any BandSource
        let buffer: PlaneBuffer
        let ringRows: Int
        var filled = 0
        var released = 0
        var failure: (any Error)?
        var isCancelled = false

        init(source: any BandSource, buffer: PlaneBuffer, ringRows: Int) {
            self.source = source
            self.buffer = buffer
            self.ringRows = ringRows
        }

        func fill() {
            let height = source.format.size.height
            var row = 0
            while row < height {
                let goesOn = monitor.locked {
                    while !isCancelled, row + source.bandRows - ringRows > released, released < height {
                        monitor.wait()
                    }
                    return !isCancelled
                }
                guard goesOn else { return }
                do {
                    try BandFeeder.readBand(of: source, into: buffer, at: row)
                } catch {
                    monitor.locked { failure = error }
                    return
                }
                row += source.bandRows
                monitor.locked { filled = min(row, height) }
            }
        }
    }
}
