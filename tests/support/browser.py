"""Headless Chromium for tests that look at pages, click and type as a reader does."""

from __future__ import annotations

import os
from shutil import which

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",  # which does not work for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # containers have little shared memory
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = "TRONA_BROWSER_REQUIRED"


def program(*names):
    """The first of some programs that is installed."""
    return next(filter(None, map(which, names)), None)


def start(profile):
    """Start a browser with an empty profile, or skip (fail where it is required)."""
    chromium, chromedriver = program(*CHROMIUM), program("chromedriver")
    if not (chromium and chromedriver):
        reason = "Chromium and its driver are missing (Debian: chromium, chromium-driver)"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    found.set_script_timeout(120)
    return found


def opener(driver):
    """Make the function that opens a file or an address in a window of some size, light or dark."""

    def browse(path, width=1280, height=900, scheme="light", part=""):
        driver.get("about:blank")
        drain(driver)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        driver.get((path if isinstance(path, str) else path.as_uri()) + part)
        return driver

    return browse


def drain(driver):
    """Forget what was logged, so that a test sees its own page only."""
    for kind in ("browser", "performance"):
        driver.get_log(kind)
