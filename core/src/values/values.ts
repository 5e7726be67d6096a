import { z } from 'zod';
import { Label } from '../labels/label.js';

/** Where in its document a passage stands, so that a citation can point at it. Offsets count UTF-16 units of the document's text. */
export const Place = z
  .object({
    /** 1-based page, where the document has pages. */
    page: z.int().positive().optional(),
    /** 1-based line of the first character. */
    line: z.int().positive().optional(),
    /** 1-based row, for tables and line-delimited data. */
    row: z.int().positive().optional(),
    /** Headings above the passage, outermost first. */
    headings: z.array(z.string()).optional(),
    /** First character in the document's text. */
    start: z.int().nonnegative().optional(),
    /** One past the last character. */
    end: z.int().nonnegative().optional(),
  })
  .meta({ id: 'Place' });
export type Place = z.infer<typeof Place>;

/** A piece of a document, as retrieval finds it. */
export const Passage = z
  .object({
    id: z.string(),
    /** Id of the document inside its collection: for files the path below the ingested folder. */
    document: z.string(),
    text: z.string(),
    title: z.string().optional(),
    /** Where the document came from: a path or an address. */
    source: z.string().optional(),
    collection: z.string().optional(),
    /** Higher is better; comparable only within one result list. */
    score: z.number().optional(),
    /** The score of each leg of the search. */
    scores: z
      .object({
        dense: z.number().optional(),
        lexical: z.number().optional(),
        fused: z.number().optional(),
        rerank: z.number().optional(),
      })
      .optional(),
    place: Place.optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    label: Label.optional(),
  })
  .meta({ id: 'Passage' });
export type Passage = z.infer<typeof Passage>;

/** A stored file by reference. */
export const FileRef = z
  .object({
    /** Content hash: `sha256:<hex>`. */
    id: z.string(),
    name: z.string(),
    mediaType: z.string(),
    /** Bytes. */
    size: z.int().nonnegative(),
  })
  .meta({ id: 'FileRef' });
export type FileRef = z.infer<typeof FileRef>;

/** One part of a message. */
export const MessagePart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), file: FileRef }),
  z.object({ type: z.literal('file'), file: FileRef }),
]);
export type MessagePart = z.infer<typeof MessagePart>;

/** A call of a tool, as a model asks for it. */
export const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.unknown() }).meta({ id: 'ToolCall' });
export type ToolCall = z.infer<typeof ToolCall>;

/** One turn of a conversation. */
export const Message = z
  .object({
    role: z.enum(['system', 'user', 'assistant', 'tool']),
    content: z.union([z.string(), z.array(MessagePart)]),
    name: z.string().optional(),
    toolCalls: z.array(ToolCall).optional(),
    /** For role `tool`: the call that this answers. */
    toolCallId: z.string().optional(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** A statement's source: a passage, and the words in it, checked against its text. */
export const Citation = z
  .object({
    /** The number the answer uses, from 1, as in `[1]`. */
    number: z.int().positive(),
    passage: z.string(),
    document: z.string(),
    title: z.string().optional(),
    source: z.string().optional(),
    collection: z.string().optional(),
    place: Place.optional(),
    /** Words of the passage that support the answer; they stand literally in its text. */
    quote: z.string(),
    /** Where the quote stands in the passage's text. */
    quoteStart: z.int().nonnegative(),
    quoteEnd: z.int().nonnegative(),
  })
  .meta({ id: 'Citation' });
export type Citation = z.infer<typeof Citation>;

/** What a model used and how fast it was. */
export const Usage = z
  .object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    cachedTokens: z.int().nonnegative().optional(),
    reasoningTokens: z.int().nonnegative().optional(),
    /** Milliseconds from the call to the first token. */
    firstTokenMs: z.number().nonnegative().optional(),
    /** Milliseconds from the call to the end. */
    totalMs: z.number().nonnegative().optional(),
    /** Money, in `currency`. */
    cost: z.number().nonnegative().optional(),
    currency: z.string().optional(),
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;
