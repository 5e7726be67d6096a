import type { DocumentPart, UnreadPart } from '@heddle/core';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { runtimeOf } from './pdfium.js';

const mostFiles = 200;
const longestName = 1_024;

/** Files attached to a PDF, to be read as separate documents. Files that exceed the total size limit are only named. */
export function attachedFiles(
  pdfium: WrappedPdfiumModule,
  document: number,
  mostBytes: number,
): { readonly parts: readonly DocumentPart[]; readonly unread: readonly UnreadPart[] } {
  const parts: DocumentPart[] = [];
  const unread: UnreadPart[] = [];
  const count = pdfium.FPDFDoc_GetAttachmentCount(document);
  let bytes = 0;
  for (let index = 0; index < Math.min(count, mostFiles); index += 1) {
    const file = pdfium.FPDFDoc_GetAttachment(document, index);
    if (file === 0) continue;
    const name = nameOf(pdfium, file) || `attachment-${index + 1}`;
    const size = sizeOf(pdfium, file);
    if (size === 0) unread.push({ name, code: 'document_empty', message: 'It is empty.' });
    else if (bytes + size > mostBytes)
      unread.push({
        name,
        code: 'document_too_large',
        message: `The files in the PDF have more than ${mostBytes} bytes together: save them separately.`,
      });
    else {
      bytes += size;
      parts.push({ name, content: contentOf(pdfium, file, size) });
    }
  }
  if (count > mostFiles)
    unread.push({
      name: `${count - mostFiles} more files`,
      code: 'document_too_large',
      message: `Only the first ${mostFiles} files of the PDF are read.`,
    });
  return { parts, unread };
}

/** Folder names are left out. */
function nameOf(pdfium: WrappedPdfiumModule, file: number): string {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(longestName);
  try {
    const length = pdfium.FPDFAttachment_GetName(file, memory, longestName);
    if (length <= 2 || length > longestName) return '';
    return runtimeOf(pdfium)
      .UTF16ToString(memory)
      .replace(/^.*[/\\]/s, '')
      .replace(/[\s#\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 200);
  } finally {
    wasmExports.free(memory);
  }
}

function sizeOf(pdfium: WrappedPdfiumModule, file: number): number {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(8);
  try {
    return pdfium.FPDFAttachment_GetFile(file, 0, 0, memory) ? runtimeOf(pdfium).getValue(memory, 'i32') >>> 0 : 0;
  } finally {
    wasmExports.free(memory);
  }
}

function contentOf(pdfium: WrappedPdfiumModule, file: number, size: number): Uint8Array {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(size + 8);
  try {
    if (!pdfium.FPDFAttachment_GetFile(file, memory + 8, size, memory)) return new Uint8Array();
    return Uint8Array.from(runtimeOf(pdfium).HEAPU8.subarray(memory + 8, memory + 8 + size));
  } finally {
    wasmExports.free(memory);
  }
}
