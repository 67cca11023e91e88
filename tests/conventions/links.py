"""Every relative link in the Markdown leads to a file, and no page is a stub."""

import re

from rules import files, finish, relative

pages = files(".md")
findings = []
for page in pages:
    text = page.read_text()
    if len(text.split()) < 20:
        findings.append(f"{relative(page)}: a stub page ({len(text.split())} words)")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        if not (page.parent / target).exists():
            findings.append(f"{relative(page)}: link to missing '{target}'")
finish(findings, len(pages))
