"""Writes papers in columns and prints the terms that another program finds on pages, as JSON.

pdf_pages.py write FOLDER     writes papers with ReportLab, and FOLDER/order.json: the sentences of each in the order of reading
pdf_pages.py terms FILE       [[page width, page height, [[term, left, top, right, bottom]…]]…] by pdfplumber
"""
import json
import os
import random
import sys

PAGE = (595, 842)


def sentence(source, name, words=14):
    vowels, consonants = "aeiou", "bdfgklmnprstv"
    made = ["".join(source.choice(consonants) + source.choice(vowels) for _ in range(source.randint(1, 4))) for _ in range(words)]
    return f"{name.capitalize()} {' '.join(made)}."


def wrapped(text, font, size, width):
    from reportlab.pdfbase.pdfmetrics import stringWidth

    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


class Paper:
    """Pieces of lines, which are drawn in an order of their own: as they are read, or row by row over all columns."""

    def __init__(self, path, by_row):
        from reportlab.pdfgen.canvas import Canvas

        self.canvas = Canvas(path, pagesize=PAGE)
        self.by_row = by_row
        self.pieces = []

    def line(self, x, y, text, size=10, font="Times-Roman"):
        self.pieces.append((x, y, text, size, font))

    def block(self, x, y, width, text, size=10, font="Times-Roman"):
        for line in wrapped(text, font, size, width):
            self.line(x, y, line, size, font)
            y -= size * 1.2
        return y

    def page(self):
        pieces = sorted(self.pieces, key=lambda piece: (-piece[1], piece[0])) if self.by_row else self.pieces
        for x, y, text, size, font in pieces:
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, text)
        self.canvas.showPage()
        self.pieces = []

    def save(self):
        self.canvas.save()


class Columns:
    """A paper with a title over all columns, a wide figure with its caption, a table and a footnote; `order` has its texts as they are read."""

    left, right, gap = 50, PAGE[0] - 50, 18

    def __init__(self, path, columns, by_row, seed):
        self.made = Paper(path, by_row)
        self.source = random.Random(seed)
        self.columns = columns
        self.width = (self.right - self.left - self.gap * (columns - 1)) / columns
        self.order = []
        self.number = 0

    def text(self, kind="s"):
        self.number += 1
        self.order.append(sentence(self.source, f"{kind}{self.number}"))
        return self.order[-1]

    def fill(self, top, bottom):
        for column in range(self.columns):
            y = top
            while y > bottom + 60:
                y = self.made.block(self.left + column * (self.width + self.gap), y, self.width, self.text()) - self.source.choice((0, 6))

    def figure(self):
        for at, label in enumerate(("low", "middle", "high")):
            self.made.line(self.left + 70 + at * 130, 425, label, 7)
        self.number += 1
        self.order.append(f"Figure 1. {sentence(self.source, f'f{self.number}')}")
        self.made.block(self.left, 405, self.right - self.left, self.order[-1], 9)
        for row in range(4):
            for at in range(4):
                self.made.line(self.left + at * 125, 370 - row * 13, f"cell{row}{at}", 9)
        self.order.append(" ".join(f"cell{row}{at}" for row in range(4) for at in range(4)))

    def write(self):
        for page in range(3):
            self.made.line(self.left, 810, "Journal of Made Things", 8)
            self.made.line(self.right - 40, 810, f"page {page + 1}", 8)
            top = 770
            if page == 0:
                self.order.append("A study of columns and of what stands over them")
                self.made.line(self.left + 60, top, self.order[-1], 18, "Times-Bold")
                top -= 40
            self.fill(top, 440 if page == 1 else 110)
            if page == 1:
                self.figure()
                self.fill(300, 110)
            if page == 2:
                self.made.block(self.left, 95, self.width, f"1 {self.text('n')}", 7)
            self.made.page()
        self.made.save()
        return self.order


def write(folder):
    orders = {}
    for columns in (1, 2, 3):
        for by_row in (False, True):
            name = f"{columns}-{'rows' if by_row else 'read'}.pdf"
            orders[name] = Columns(os.path.join(folder, name), columns, by_row, columns * 10 + by_row).write()
    with open(os.path.join(folder, "order.json"), "w") as file:
        json.dump(orders, file)


def terms(path):
    """Edges count from the upper left corner of what a page shows."""
    import pdfplumber

    pages = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            left, top, right, bottom = page.cropbox
            found = [[w["text"], w["x0"] - left, w["top"] - top, w["x1"] - left, w["bottom"] - top] for w in page.extract_words()]
            pages.append([float(right - left), float(bottom - top), found])
    json.dump(pages, sys.stdout)


{"write": write, "terms": terms}[sys.argv[1]](sys.argv[2])
