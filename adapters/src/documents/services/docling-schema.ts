import { z } from 'zod';

/** The parts of docling-serve's reply and of a DoclingDocument (schema 1.x) that are read. */
const Ref = z.object({ $ref: z.string() });
export type Ref = z.infer<typeof Ref>;
const Box = z.object({
  l: z.number(),
  t: z.number(),
  r: z.number(),
  b: z.number(),
  coord_origin: z.string().optional(),
});
const Provenance = z.object({ page_no: z.int().positive().max(1_000_000), bbox: Box });
export type Provenance = z.infer<typeof Provenance>;

const Offset = z.int().nonnegative();
const Cell = z.object({
  text: z.string(),
  start_row_offset_idx: Offset,
  end_row_offset_idx: Offset,
  start_col_offset_idx: Offset,
  end_col_offset_idx: Offset,
});
const mostCells = 2_000_000;
const Table = z
  .object({ table_cells: z.array(Cell), num_rows: Offset, num_cols: Offset })
  .refine(({ num_rows: rows, num_cols: columns }) => rows * columns <= mostCells, 'the table is too large');
export type Table = z.infer<typeof Table>;

/** A text, picture, group or table. */
const Item = z.object({
  label: z.string(),
  children: z.array(Ref).default([]),
  captions: z.array(Ref).default([]),
  content_layer: z.string().optional(),
  prov: z.array(Provenance).default([]),
  text: z.string().optional(),
  level: z.int().min(1).max(100).optional(),
  code_language: z.string().nullish(),
});
/** Only a table has `data`. */
export type Item = z.infer<typeof Item> & { readonly data?: Table | undefined };
export const DoclingDocument = z.object({
  schema_name: z.literal('DoclingDocument'),
  body: z.object({ children: z.array(Ref) }),
  groups: z.array(Item).default([]),
  texts: z.array(Item).default([]),
  pictures: z.array(Item).default([]),
  tables: z.array(Item.extend({ data: Table })).default([]),
  pages: z.record(z.string(), z.object({ size: z.object({ width: z.number(), height: z.number() }) })).default({}),
});
export type DoclingDocument = z.infer<typeof DoclingDocument>;

export const Reply = z.object({
  status: z.enum(['success', 'partial_success', 'skipped', 'failure', 'pending', 'started']),
  errors: z.array(z.object({ error_message: z.string() })).default([]),
  document: z.object({ json_content: z.unknown() }),
});
