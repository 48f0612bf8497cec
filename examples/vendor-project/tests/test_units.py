"""An ordinary test; the suite leaves it alone."""


def test_titles_are_trimmed():
    assert " Example Gateway ".strip() == "Example Gateway"
