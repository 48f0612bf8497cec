"""What the OpenAPI files of all versions say of an enrollment itself."""

EXTENSIBLE_BLOCKS = ("biographicData", "contextualData", "requestData", "enrollmentFlags")
"""The members of an enrollment that hold what members an implementer likes: an object, a list of one in some versions,
from 1.3.0 on a string when they are encrypted. 1.0.0 has no contextualData."""
