"""Makes the PDF and DOCX documents of the sample handbook from their Markdown sources.

Usage, from this folder:

    python3 -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/python make-documents.py            # writes ../handbook/**
    .venv/bin/python make-documents.py --check    # fails when a committed file differs

The result is reproducible: dates and zip entries are fixed, so the same sources give the same bytes with the pinned
versions. The sources use a small part of Markdown: headings of two levels, paragraphs, bulleted and numbered lists,
and tables.
"""

import datetime
import io
import pathlib
import re
import sys
import zipfile
from xml.sax.saxutils import escape

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = pathlib.Path(__file__).parent
HANDBOOK = HERE.parent / "handbook"
EDITION = datetime.datetime(2026, 1, 12, 9, 0, 0)
COMPANY = "Silverheron Looms"

DOCUMENTS = {
    "people/travel-policy.md": "people/travel-policy.pdf",
    "safety/workshop-safety.md": "safety/workshop-safety.pdf",
    "people/parental-leave.md": "people/parental-leave.docx",
    "operations/quality-control.md": "operations/quality-control.docx",
}


def read_blocks(text):
    """Splits a Markdown source into ("title" | "heading" | "text" | "bullets" | "numbers" | "table", content)."""
    blocks = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.splitlines()
        first = lines[0]
        if first.startswith("## "):
            blocks.append(("heading", first[3:]))
        elif first.startswith("# "):
            blocks.append(("title", first[2:]))
        elif first.startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            blocks.append(("table", [row for row in rows if not set("".join(row)) <= {"-"}]))
        elif first.startswith("- "):
            blocks.append(("bullets", list_items(lines, r"- ")))
        elif re.match(r"\d+\. ", first):
            blocks.append(("numbers", list_items(lines, r"\d+\. ")))
        else:
            blocks.append(("text", " ".join(lines)))
    return blocks


def list_items(lines, marker):
    """Joins continued lines to the list item that they belong to and takes the marker away."""
    items = []
    for line in lines:
        if re.match(marker, line):
            items.append(re.sub(marker, "", line, count=1))
        else:
            items[-1] += " " + line.strip()
    return items


def make_pdf(blocks):
    """Lays the blocks out on A4 pages; headings are set in bold, so that a reader can find them by the font."""
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=6)
    title = ParagraphStyle("title", parent=body, fontName="Helvetica-Bold", fontSize=20, leading=26, spaceAfter=10)
    heading = ParagraphStyle(
        "heading", parent=body, fontName="Helvetica-Bold", fontSize=13, leading=18, spaceBefore=10, keepWithNext=1
    )
    item = ParagraphStyle("item", parent=body, leftIndent=14, bulletIndent=4, spaceAfter=3)
    bold = ParagraphStyle("bold", parent=body, fontName="Helvetica-Bold", spaceAfter=0)
    cell = ParagraphStyle("cell", parent=body, spaceAfter=0)
    story = []
    for kind, content in blocks:
        if kind == "table":
            rows = [[Paragraph(escape(text), bold if row == content[0] else cell) for text in row] for row in content]
            table = Table(rows, hAlign="LEFT", colWidths=[170 * mm / len(rows[0])] * len(rows[0]))
            table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
            story.append(KeepTogether([Spacer(1, 4), table, Spacer(1, 8)]))
        elif kind in ("bullets", "numbers"):
            for number, text in enumerate(content, 1):
                story.append(Paragraph(escape(text), item, bulletText="•" if kind == "bullets" else f"{number}."))
        else:
            style = {"title": title, "heading": heading, "text": body}[kind]
            story.append(Paragraph(escape(content), style))
    name = blocks[0][1]

    def footer(canvas, document):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(20 * mm, 12 * mm, f"{COMPANY}: {name}, page {document.page}")

    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=20 * mm, bottomMargin=22 * mm,
        title=name, author=COMPANY, subject="Employee handbook", invariant=1,
    )
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return stream.getvalue()


def make_docx(blocks):
    """Writes the blocks with Word's built-in styles and fixes the dates of the package."""
    document = docx.Document()
    for kind, content in blocks:
        if kind == "table":
            table = document.add_table(rows=0, cols=len(content[0]), style="Table Grid")
            for row in content:
                for target, text in zip(table.add_row().cells, row):
                    target.text = text
            document.add_paragraph()
        elif kind in ("bullets", "numbers"):
            for text in content:
                document.add_paragraph(text, style="List Bullet" if kind == "bullets" else "List Number")
        elif kind == "text":
            document.add_paragraph(content)
        else:
            document.add_heading(content, level=0 if kind == "title" else 1)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = blocks[0][1], COMPANY, COMPANY
    properties.created = properties.modified = EDITION
    properties.comments, properties.subject = "", "Employee handbook"
    stream = io.BytesIO()
    document.save(stream)
    return with_fixed_dates(stream.getvalue())


def with_fixed_dates(package):
    """Writes a zip again with sorted entries and one date, without the preview picture of the empty template."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(stream, "w") as target:
        names = source.namelist()
        for name in ["[Content_Types].xml"] + sorted(name for name in names if name != "[Content_Types].xml"):
            if name == "docProps/thumbnail.jpeg":
                continue
            content = source.read(name)
            if name == "_rels/.rels":
                content = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)
            entry = zipfile.ZipInfo(name, EDITION.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return stream.getvalue()


def main():
    check = "--check" in sys.argv[1:]
    differing = []
    for source, result in DOCUMENTS.items():
        blocks = read_blocks((HERE / "sources" / source).read_text(encoding="utf-8"))
        content = make_pdf(blocks) if result.endswith(".pdf") else make_docx(blocks)
        path = HANDBOOK / result
        if check:
            if not path.exists() or path.read_bytes() != content:
                differing.append(result)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{result}: {len(content)} bytes")
    if differing:
        sys.exit("differs from its source: " + ", ".join(differing))


if __name__ == "__main__":
    main()
