// Files that import Platform get the system's C library with it. Swift has no official attribute
// that re-exports a module, hence the underscore.
#if canImport(Glibc)
@_exported public import Glibc
#elseif canImport(Musl)
@_exported public import Musl
#else
@_exported public import Darwin
#endif
