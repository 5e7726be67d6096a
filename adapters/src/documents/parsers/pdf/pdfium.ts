import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HeddleError } from '@heddle/core';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';

let loading: Promise<WrappedPdfiumModule> | undefined;

/**
 * Opens a PDF, passes it to a function, and frees everything afterwards. Errors: `document_encrypted`, `document_damaged`, `document_bomb`.
 */
export async function withPdf<Value>(
  bytes: Uint8Array,
  use: (pdfium: WrappedPdfiumModule, document: number) => Promise<Value>,
): Promise<Value> {
  loading ??= load();
  const pdfium = await loading;
  try {
    return await open(pdfium, bytes, use);
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    // After an abort the module cannot be used again.
    loading = undefined;
    const message = error instanceof Error ? error.message : String(error);
    if (/memory|OOM|Aborted/i.test(message)) {
      throw new HeddleError('document_bomb', 'Reading it takes too much memory: save it again, or split it.', {
        cause: error,
      });
    }
    throw new HeddleError('document_damaged', 'The PDF is damaged: open it in a viewer and save it again.', {
      cause: error,
    });
  }
}

async function load(): Promise<WrappedPdfiumModule> {
  const file = await readFile(createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm'));
  const wasmBinary = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const pdfium = await init({ wasmBinary });
  pdfium.PDFiumExt_Init();
  return pdfium;
}

async function open<Value>(
  pdfium: WrappedPdfiumModule,
  bytes: Uint8Array,
  use: (pdfium: WrappedPdfiumModule, document: number) => Promise<Value>,
): Promise<Value> {
  const { malloc, free } = pdfium.pdfium.wasmExports;
  const memory = malloc(bytes.length);
  try {
    runtimeOf(pdfium).HEAPU8.set(bytes, memory);
    const document = pdfium.FPDF_LoadMemDocument(memory, bytes.length, '');
    if (document === 0) throw openError(pdfium.FPDF_GetLastError());
    try {
      return await use(pdfium, document);
    } finally {
      pdfium.FPDF_CloseDocument(document);
    }
  } finally {
    free(memory);
  }
}

/** The part of Emscripten's runtime that is used; the library's own types refer to globals that do not exist. */
interface Runtime {
  /** Read again each time: it is replaced when the memory grows. */
  readonly HEAPU8: Uint8Array;
  getValue(pointer: number, type: 'float' | 'double' | 'i32'): number;
  UTF8ToString(pointer: number): string;
  UTF16ToString(pointer: number): string;
}

export const runtimeOf = (pdfium: WrappedPdfiumModule): Runtime => pdfium.pdfium as unknown as Runtime;

function openError(code: number): HeddleError {
  if (code === 4)
    return new HeddleError(
      'document_encrypted',
      'The PDF is protected by a password: save it without one and try again.',
    );
  return new HeddleError('document_damaged', 'The PDF is damaged: open it in a viewer and save it again.', {
    details: { pdfiumError: code },
  });
}
