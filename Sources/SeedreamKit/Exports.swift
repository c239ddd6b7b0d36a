// One import for callers: what a session takes and gives lies in these modules.
@_exported public import ImagePreparation
@_exported public import Pixels
@_exported public import SeedreamClient
@_exported public import SeedreamModel
