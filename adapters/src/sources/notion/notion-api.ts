import { z } from 'zod';

/** The version of the API that these schemas describe. */
export const notionVersion = '2022-06-28';

/** A piece of text with its formatting. */
export const RichText = z.object({
  plain_text: z.string().default(''),
  href: z.string().nullish(),
  annotations: z
    .object({
      bold: z.boolean().default(false),
      italic: z.boolean().default(false),
      strikethrough: z.boolean().default(false),
      code: z.boolean().default(false),
    })
    .optional(),
});
export type RichText = z.infer<typeof RichText>;

/** A property of a page. `type` names the field with its value. */
export const Property = z.looseObject({ type: z.string() });
export type Property = z.infer<typeof Property>;

export const Page = z.object({
  object: z.literal('page'),
  id: z.string().min(1),
  url: z.string().nullish(),
  last_edited_time: z.iso.datetime(),
  archived: z.boolean().default(false),
  in_trash: z.boolean().default(false),
  properties: z.record(z.string(), Property).default({}),
});
export type Page = z.infer<typeof Page>;

/** A block. `type` names the field with its content. */
export const Block = z.looseObject({
  id: z.string().min(1),
  type: z.string(),
  has_children: z.boolean().default(false),
});
export type Block = z.infer<typeof Block>;

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });

/** A page of search results, which can also contain databases. */
export const SearchReply = listOf(z.union([Page, z.looseObject({ object: z.string() })]));
export const BlocksReply = listOf(Block);
