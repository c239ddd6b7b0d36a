// One import is enough for callers: a session's parameters and results are declared in these
// modules.
@_exported public import ImagePreparation
@_exported public import Pixels
@_exported public import SeedreamClient
@_exported public import SeedreamModel
