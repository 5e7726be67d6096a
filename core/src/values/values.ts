import { z } from 'zod';
import { Label } from '../labels/label.js';

/** The positions of a passage's lines on a displayed page, measured from the upper left corner and within the page size. */
export const PageBoxes = z
  .object({
    /** 1-based. */
    page: z.int().positive(),
    width: z.number().positive(),
    height: z.number().positive(),
    /** `pt`: points (1/72 inch) of a PDF. `px`: pixels of an image. */
    unit: z.enum(['pt', 'px']),
    /** For each line: left, top, right, bottom, and the offset of its first character in the passage. */
    lines: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.int().nonnegative()])),
  })
  .meta({ id: 'PageBoxes' });
export type PageBoxes = z.infer<typeof PageBoxes>;

/** The location of a passage in its document, for citations. Offsets count UTF-16 units of the document's text. */
export const Place = z
  .object({
    /** 1-based page, if the document has pages. */
    page: z.int().positive().optional(),
    /** 1-based line of the first character. */
    line: z.int().positive().optional(),
    /** 1-based row, for tables and line-based data. */
    row: z.int().positive().optional(),
    /** Headings above the passage, outermost first. */
    headings: z.array(z.string()).optional(),
    /** Offset of the first character in the document's text. */
    start: z.int().nonnegative().optional(),
    /** Offset after the last character. */
    end: z.int().nonnegative().optional(),
    /** Offsets of the larger passage that this one was cut from, if the index has such passages. */
    parent: z.tuple([z.int().nonnegative(), z.int().nonnegative()]).optional(),
    /** The positions of the passage's lines on their pages, for documents with pages. Missing for passages from older versions. */
    boxes: z.array(PageBoxes).optional(),
  })
  .meta({ id: 'Place' });
export type Place = z.infer<typeof Place>;

/** A piece of a document, as returned by a search. */
export const Passage = z
  .object({
    id: z.string(),
    /** Id of the document in its collection; for a file, its path in the imported folder. */
    document: z.string(),
    text: z.string(),
    title: z.string().optional(),
    /** Origin of the document: a path or an address. */
    source: z.string().optional(),
    collection: z.string().optional(),
    /** Higher is better. Scores of different searches cannot be compared. */
    score: z.number().optional(),
    /** The score of each part of the search. */
    scores: z
      .object({
        dense: z.number().optional(),
        lexical: z.number().optional(),
        fused: z.number().optional(),
        rerank: z.number().optional(),
        /** How strongly entities link the passage to the question and to the first passages, 0 to 1. */
        graph: z.number().optional(),
        /** Probability that the collection answers the question, 0 to 1. It is the same for all passages of a search. */
        relevance: z.number().optional(),
      })
      .optional(),
    place: Place.optional(),
    /** Ranges of the text that the search found, if it returns more text around them. */
    found: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).optional(),
    /** Names of entities that link the passage to the question or to an earlier passage, the strongest first. */
    linkedBy: z.array(z.string()).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    label: Label.optional(),
  })
  .meta({ id: 'Passage' });
export type Passage = z.infer<typeof Passage>;

/** A reference to a stored file. */
export const FileRef = z
  .object({
    /** SHA-256 of the content: `sha256:<hex>`. */
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

/** A tool call by a model. */
export const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.unknown() }).meta({ id: 'ToolCall' });
export type ToolCall = z.infer<typeof ToolCall>;

/** One turn of a conversation. */
export const Message = z
  .object({
    role: z.enum(['system', 'user', 'assistant', 'tool']),
    content: z.union([z.string(), z.array(MessagePart)]),
    name: z.string().optional(),
    toolCalls: z.array(ToolCall).optional(),
    /** For role `tool`: the tool call that this message answers. */
    toolCallId: z.string().optional(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** The source of a statement: a passage and a quote from it. The quote was checked against the text of the passage. */
export const Citation = z
  .object({
    /** The number of the citation in the answer, from 1, as in `[1]`. */
    number: z.int().positive(),
    passage: z.string(),
    document: z.string(),
    title: z.string().optional(),
    source: z.string().optional(),
    collection: z.string().optional(),
    place: Place.optional(),
    /** The part of the passage that supports the answer, word for word. */
    quote: z.string(),
    /** Offset of the quote in the text of the passage. */
    quoteStart: z.int().nonnegative(),
    quoteEnd: z.int().nonnegative(),
    /** The sentences of the answer that the quote supports, word for word. In the answer, the citation mark follows them. */
    sentences: z.array(z.string()).optional(),
    /** Names of entities through which a search with a knowledge graph found the passage. Each occurs in its text or title. */
    linkedBy: z.array(z.string()).optional(),
  })
  .meta({ id: 'Citation' });
export type Citation = z.infer<typeof Citation>;

/** Tokens, time and cost of a model call. */
export const Usage = z
  .object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    /** Input tokens that were read from the provider's cache. */
    cachedTokens: z.int().nonnegative().optional(),
    /** Input tokens that were written to the provider's cache. */
    cacheWriteTokens: z.int().nonnegative().optional(),
    /** Money that the cache saved, in `currency`; negative if writing cost more than reading saved. */
    cacheSaved: z.number().optional(),
    /** Money that a provider batch saved, in `currency`. */
    batchSaved: z.number().nonnegative().optional(),
    reasoningTokens: z.int().nonnegative().optional(),
    /** Milliseconds from the start of the call to the first token. */
    firstTokenMs: z.number().nonnegative().optional(),
    /** Milliseconds from the start of the call to its end. */
    totalMs: z.number().nonnegative().optional(),
    /** Cost in `currency`. */
    cost: z.number().nonnegative().optional(),
    currency: z.string().optional(),
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;
