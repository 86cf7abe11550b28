"""A browser for the tests of one file."""

import pytest


@pytest.fixture(scope="module")
def browser():
    from tests.e2e.browser import CHROMIUM, playwright

    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()
