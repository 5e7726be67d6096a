import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { noteBox } from './field-lines.js';
import type { PageLine } from './page-line.js';
import type { PageView } from './page-view.js';
import { runtimeOf } from './pdfium.js';

// The library's codes for kinds of fields.
const checkBox = 2;
const radioButton = 3;
const longestName = 4_096;

/** Reads check boxes and radio buttons, whose state is not in the text of the page. */
export interface FormReader {
  /** A line `name: value` for each checked check box and radio button of a loaded page. */
  checked(page: number, view: PageView): readonly PageLine[];
  close(): void;
}

/** Opens the form of a document; undefined if it has none. */
export function openForm(pdfium: WrappedPdfiumModule, document: number): FormReader | undefined {
  if (pdfium.FPDF_GetFormType(document) === 0) return undefined;
  const info = pdfium.PDFiumExt_OpenFormFillInfo();
  const form = pdfium.PDFiumExt_InitFormFillEnvironment(document, info);
  if (form === 0) {
    pdfium.PDFiumExt_CloseFormFillInfo(info);
    return undefined;
  }
  return {
    checked: (page, view) => {
      // From here on, the library knows the state of fields.
      pdfium.FORM_OnAfterLoadPage(page, form);
      const lines = checkedOn(pdfium, form, page, view);
      pdfium.FORM_OnBeforeClosePage(page, form);
      return lines;
    },
    close: () => {
      pdfium.PDFiumExt_ExitFormFillEnvironment(form);
      pdfium.PDFiumExt_CloseFormFillInfo(info);
    },
  };
}

function checkedOn(pdfium: WrappedPdfiumModule, form: number, page: number, view: PageView): readonly PageLine[] {
  const lines: PageLine[] = [];
  const count = pdfium.FPDFPage_GetAnnotCount(page);
  for (let index = 0; index < count; index += 1) {
    const note = pdfium.FPDFPage_GetAnnot(page, index);
    if (note === 0) continue;
    const type = pdfium.FPDFAnnot_GetFormFieldType(form, note);
    if ((type === checkBox || type === radioButton) && pdfium.FPDFAnnot_IsChecked(form, note)) {
      const name = textOf(pdfium, (memory, size) =>
        pdfium.FPDFAnnot_GetFormFieldAlternateName(form, note, memory, size),
      );
      const own = textOf(pdfium, (memory, size) => pdfium.FPDFAnnot_GetFormFieldName(form, note, memory, size));
      const value = textOf(pdfium, (memory, size) =>
        pdfium.FPDFAnnot_GetFormFieldExportValue(form, note, memory, size),
      );
      const text = [name || own, value || 'Yes'].filter((part) => part !== '').join(': ');
      const box = noteBox(pdfium, note, view);
      lines.push({ text, size: 0, isBold: false, top: 0, bottom: 0, box, isHyphenated: false });
    }
    pdfium.FPDFPage_CloseAnnot(note);
  }
  return lines;
}

function textOf(pdfium: WrappedPdfiumModule, read: (memory: number, size: number) => number): string {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(longestName);
  try {
    const length = read(memory, longestName);
    if (length <= 2 || length > longestName) return '';
    return runtimeOf(pdfium).UTF16ToString(memory).replace(/\s+/g, ' ').trim();
  } finally {
    wasmExports.free(memory);
  }
}
