"""Prints, for the files of a folder, the words that other programs find in them, as JSON: {path: [words]}. A file that they cannot read is left out."""
import email
import email.policy
import html.parser
import json
import os
import re
import sys
import zipfile
from xml.etree import ElementTree

import logging

import pypdf
import xlrd

logging.disable(logging.CRITICAL)
WORD = re.compile(r"[^\W_]{3,}")


def local(tag):
    return tag.rsplit("}", 1)[-1]


def texts(element, names, skipped=()):
    """The text below elements with these names, joined where it is one paragraph."""
    if local(element.tag) in skipped:
        return ""
    if local(element.tag) in names:
        return element.text or ""
    ends = " " if local(element.tag) in ("p", "tab", "br", "cr", "tc") else ""
    return "".join(texts(child, names, skipped) for child in element) + ends


def all_text(element, skipped):
    if local(element.tag) in skipped:
        return ""
    ends = " " if local(element.tag) in ("p", "h", "s", "tab", "line-break", "table-cell", "note") else ""
    inner = "".join(all_text(child, skipped) + (child.tail or "") for child in element)
    return (element.text or "") + inner + ends


def parts(path, pattern):
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if re.fullmatch(pattern, name):
                yield ElementTree.fromstring(package.read(name))


def docx(path):
    skipped = ("del", "instrText", "Fallback", "AlternateContent", "docPart", "sdtPlaceholder")
    return " ".join(texts(part, ("t",), skipped) for part in parts(path, r"word/document\.xml"))


def pptx(path):
    return " ".join(texts(part, ("t",), ("fld",)) for part in parts(path, r"ppt/slides/slide\d+\.xml"))


def odf(path):
    skipped = ("tracked-changes", "annotation", "forms", "script", "scripts", "automatic-styles", "date", "time", "page-number", "object", "binary-data")
    return " ".join(all_text(part, skipped) for part in parts(path, r"content\.xml"))


def xls(path):
    with open(os.devnull, "w") as quiet:
        book = xlrd.open_workbook(path, logfile=quiet)
    cells = []
    for sheet in book.sheets():
        if sheet.visibility == 0:
            cells += [cell.value for row in sheet.get_rows() for cell in row if cell.ctype == xlrd.XL_CELL_TEXT]
    return " ".join(cells)


def pdf(path):
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def notebook(path):
    with open(path, encoding="utf-8") as file:
        book = json.load(file)
    cells = book.get("cells") or [cell for sheet in book["worksheets"] for cell in sheet["cells"]]
    return " ".join("".join(cell.get("source") or cell.get("input") or "") for cell in cells)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.hidden = 0

    def handle_starttag(self, tag, _):
        self.hidden += tag in ("script", "style", "title", "select", "nav", "button", "noscript")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style", "title", "select", "nav", "button", "noscript")

    def handle_data(self, data):
        if self.hidden <= 0:
            self.found.append(data)


def page(path):
    parser = Page()
    with open(path, encoding="utf-8") as file:
        parser.feed(file.read())
    return " ".join(parser.found)


def mail(path):
    with open(path, "rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            raise ValueError("a message of Outlook")
        file.seek(0)
        message = email.message_from_binary_file(file, policy=email.policy.default)
    body = message.get_body(("plain",))
    return f"{message['subject'] or ''} {body.get_content() if body is not None else ''}"


READERS = {
    **dict.fromkeys(("docx", "docm"), docx),
    **dict.fromkeys(("pptx", "pptm"), pptx),
    **dict.fromkeys(("odt", "ods", "odp"), odf),
    **dict.fromkeys(("htm", "html"), page),
    "xls": xls,
    "pdf": pdf,
    "ipynb": notebook,
    "eml": mail,
}


def reader_of(path):
    if os.path.basename(os.path.dirname(path)) == "mails":
        return mail
    return READERS.get(path.rsplit(".", 1)[-1].lower())


found = {}
root = sys.argv[1]
for folder, _, names in os.walk(root):
    for name in names:
        path = os.path.join(folder, name)
        reader = reader_of(path)
        if reader is None:
            continue
        try:
            found[os.path.relpath(path, root)] = sorted({word.lower() for word in WORD.findall(reader(path))})
        except Exception:  # what they cannot read says nothing about us
            continue
json.dump(found, sys.stdout)
