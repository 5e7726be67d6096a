import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { Box } from '../line-boxes.js';
import { runtimeOf } from './pdfium.js';

/** A page as displayed: its size in points, and the mapping of its own coordinates to it. */
export interface PageView {
  readonly width: number;
  readonly height: number;
  /** Maps a rectangle in the coordinates of the page to edges from the displayed upper left corner; undefined for a page without a size. */
  boxOf(left: number, bottom: number, right: number, top: number): Box | undefined;
}

const grid = 10_000;

/** The view of a loaded page, with its rotation and crop box. */
export function pageView(pdfium: WrappedPdfiumModule, page: number): PageView {
  const width = pdfium.FPDF_GetPageWidthF(page);
  const height = pdfium.FPDF_GetPageHeightF(page);
  const corners = [
    [0, 0],
    [grid, 0],
    [0, grid],
  ].map(([x = 0, y = 0]) => pointAt(pdfium, page, x, y));
  const [origin, across, down] = corners;
  if (!(width > 0 && height > 0) || origin === undefined || across === undefined || down === undefined)
    return { width: 0, height: 0, boxOf: () => undefined };
  const ax = across.x - origin.x;
  const ay = across.y - origin.y;
  const bx = down.x - origin.x;
  const by = down.y - origin.y;
  const area = ax * by - ay * bx;
  const shown = (x: number, y: number): { readonly x: number; readonly y: number } => ({
    x: (((x - origin.x) * by - (y - origin.y) * bx) / area) * width,
    y: (((y - origin.y) * ax - (x - origin.x) * ay) / area) * height,
  });
  return {
    width,
    height,
    boxOf: (left, bottom, right, top) => {
      const one = shown(left, top);
      const other = shown(right, bottom);
      const box = {
        left: Math.min(one.x, other.x),
        top: Math.min(one.y, other.y),
        right: Math.max(one.x, other.x),
        bottom: Math.max(one.y, other.y),
      };
      return Object.values(box).every(Number.isFinite) ? box : undefined;
    },
  };
}

/** The point of the page under a point of the grid. */
function pointAt(
  pdfium: WrappedPdfiumModule,
  page: number,
  x: number,
  y: number,
): { readonly x: number; readonly y: number } | undefined {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(16);
  try {
    if (!pdfium.FPDF_DeviceToPage(page, 0, 0, grid, grid, 0, x, y, memory, memory + 8)) return undefined;
    const runtime = runtimeOf(pdfium);
    return { x: runtime.getValue(memory, 'double'), y: runtime.getValue(memory + 8, 'double') };
  } finally {
    wasmExports.free(memory);
  }
}
