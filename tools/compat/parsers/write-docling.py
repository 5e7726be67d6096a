"""Writes a document with docling-core, the library of Docling's makers, as docling-serve sends it."""
import json

from docling_core.types.doc import BoundingBox, CoordOrigin, DocItemLabel, DoclingDocument, ProvenanceItem, Size
from docling_core.types.doc import TableCell, TableData

document = DoclingDocument(name="leave")
for number in (1, 2):
    document.add_page(page_no=number, size=Size(width=612, height=792))


def at(page, top):
    box = BoundingBox(l=72, t=top, r=300, b=top - 20, coord_origin=CoordOrigin.BOTTOMLEFT)
    return ProvenanceItem(page_no=page, bbox=box, charspan=(0, 1))


document.add_title("Leave handbook", prov=at(1, 720))
document.add_heading("Parents", level=1, prov=at(1, 680))
document.add_text(label=DocItemLabel.TEXT, text="Parents get forty days of leave.", prov=at(1, 650))
items = document.add_list_group()
document.add_list_item("first item", parent=items, enumerated=False, prov=at(1, 600))
document.add_formula("E = m c^2", prov=at(2, 700))
rows = [["Country", "Days"], ["France", "25"]]
cells = [
    TableCell(
        text=text,
        start_row_offset_idx=row,
        end_row_offset_idx=row + 1,
        start_col_offset_idx=column,
        end_col_offset_idx=column + 1,
        column_header=row == 0,
    )
    for row, texts in enumerate(rows)
    for column, text in enumerate(texts)
]
document.add_table(TableData(table_cells=cells, num_rows=2, num_cols=2), prov=at(2, 600))
reply = {"document": {"filename": "leave.pdf", "json_content": document.export_to_dict()}}
print(json.dumps({**reply, "status": "success", "errors": [], "processing_time": 0.1, "timings": {}}))
