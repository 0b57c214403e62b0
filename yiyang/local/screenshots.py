"""Pictures of the demo's pages, as README shows them."""

from importlib.util import find_spec
from pathlib import Path

from yiyang.local.check import Account, account_seeing_targets
from yiyang.local.demo import running
from yiyang.local.places import CHECKOUT, LocalError, say

CHROMIUM = Path("/usr/bin/chromium")
FOLDER = CHECKOUT / "docs" / "screenshots"
WIDE, PHONE = (1280, 900), (390, 844)
# （文件名, 地址, 视口）
PICTURES = (
    ("targets", "/targets/", WIDE),
    ("targets-phone", "/targets/", PHONE),
)


def take() -> int:
    """Serve the demo and take every picture into docs/screenshots."""
    if not CHROMIUM.exists() or find_spec("playwright") is None:
        raise LocalError("截图需要 Chromium：apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running() as (address, _):
        _take(address, account_seeing_targets())
    return 0


def _take(address: str, account: Account) -> None:
    # 只有截图用到，演示环境不装。
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/targets/")
        page.fill("input[name=username]", account.username)
        page.fill("input[name=password]", account.password)
        if account.code:
            page.fill("input[name=otp_token]", account.code)
        page.click("button[type=submit]")
        page.wait_for_load_state()
        for name, path, (width, height) in PICTURES:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{address}{path}")
            page.screenshot(path=FOLDER / f"{name}.png")
            say(f"docs/screenshots/{name}.png")
        browser.close()
