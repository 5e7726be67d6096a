import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import {
  HeddleError,
  isErrorCode,
  type ErrorCode,
  type PageImage,
  type ParsedDocument,
  type ServedFormat,
  type TextSpan,
} from '@heddle/core';
import { z } from 'zod';
import { createCaller, watchWork, type Caller, type ChildExit } from '../child/index.js';
import { ownFile } from '../child/own-file.js';
import type { DocumentSource } from './document-source.js';
import type { DocumentLimits } from './limits.js';
import { named } from './parse-text-kind.js';
import type { AskedDocument } from './services/read-reply.js';

const partBytes = 512 * 1024;
/** The share of the time limit for which the child must have had the processor before it counts as hung. */
const busyShare = 0.8;
const TextSpanSchema: z.ZodType<TextSpan> = z.custom<TextSpan>((value) => typeof value === 'object' && value !== null);
const Part = z.object({
  text: z.string().optional(),
  spans: z.array(TextSpanSchema).optional(),
  pages: z.array(z.tuple([z.number(), z.number()])).optional(),
  lines: z.instanceof(Int32Array).optional(),
  part: z.object({ name: z.string(), mediaType: z.string().optional() }).optional(),
  bytes: z.instanceof(Uint8Array).optional(),
});
const Rest = z.object({
  mediaType: z.string(),
  title: z.string().optional(),
  format: z.enum(['text', 'markdown', 'rows', 'code']),
  metadata: z.record(z.string(), z.unknown()).optional(),
  boxes: z.object({ unit: z.enum(['pt', 'px']) }).optional(),
  unread: z
    .array(
      z.object({
        name: z.string(),
        code: z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code)),
        message: z.string(),
      }),
    )
    .optional(),
});

/**
 * Parses documents in one child process, one after another. It starts the child for the first document and ends it after it was idle for a
 * while, hung, or used too much memory.
 */
export class ParseHost {
  private readonly limits: DocumentLimits;
  private caller: Caller | undefined;
  private idle: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(limits: DocumentLimits) {
    this.limits = limits;
  }

  /** Parses a document; kinds in `leave` are refused with `document_type`. */
  parse(source: DocumentSource, signal?: AbortSignal, leave?: readonly ServedFormat[]): Promise<ParsedDocument> {
    const { name, mediaType } = source;
    const payload = { name, mediaType, limits: this.limits, leave };
    return this.oneByOne(name, signal, (child, onPage) => parseIn(child, source.content, { parse: payload }, onPage));
  }

  readReply(reply: Uint8Array, asked: AskedDocument, signal?: AbortSignal): Promise<ParsedDocument> {
    return this.oneByOne(asked.name, signal, (child, onPage) => parseIn(child, reply, { reply: asked }, onPage));
  }

  draw(source: DocumentSource & { readonly page: number }, signal?: AbortSignal): Promise<PageImage> {
    return this.oneByOne(source.name, signal, (child) => drawIn(child, source, this.limits));
  }

  private oneByOne<Value>(
    name: string | undefined,
    signal: AbortSignal | undefined,
    work: (child: Caller, onPage: () => void) => Promise<Value>,
  ): Promise<Value> {
    const result = this.queue.then(() => this.workNow(name, signal, work));
    this.queue = result.catch(() => undefined); // the caller gets the error; the queue only waits
    return result;
  }

  /** The process id of the child; undefined if none is running. */
  get pid(): number | undefined {
    return this.caller?.child.pid;
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    await this.drop();
  }

  private warm(): Caller {
    clearTimeout(this.idle);
    if (this.caller !== undefined) return this.caller;
    const fresh = createCaller({
      entry: ownFile('documents/parse-child.js'),
      memoryLimitMb: this.limits.memoryBytes / (1024 * 1024),
      lost: (exit) => lostError(exit, this.limits),
      onExit: () => {
        // A dropped child may end after the next one has started.
        if (this.caller === fresh) this.caller = undefined;
      },
    });
    return (this.caller = fresh);
  }

  private async drop(): Promise<void> {
    const child = this.caller;
    this.caller = undefined;
    await child?.stop();
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.drop(), this.limits.idleMs);
    this.idle.unref();
  }

  private async workNow<Value>(
    name: string | undefined,
    signal: AbortSignal | undefined,
    work: (child: Caller, onPage: () => void) => Promise<Value>,
  ): Promise<Value> {
    signal?.throwIfAborted();
    // A hung parser cannot react to messages, so the child is ended, and the pending call fails with it.
    const end = (): void => void this.drop();
    signal?.addEventListener('abort', end, { once: true });
    const child = this.warm();
    let isLate = false;
    const late = (): void => {
      isLate = true;
      end();
    };
    const watch = (): (() => void) =>
      watchWork(child.child.pid, { checkEveryMs: this.limits.wallMs, workMs: this.limits.wallMs * busyShare }, late);
    let endWatch = watch();
    // Each page whose text is recognised gets the time limit of a document.
    const onPage = (): void => {
      endWatch();
      endWatch = watch();
    };
    try {
      return await work(child, onPage);
    } catch (error) {
      if (signal?.aborted === true)
        throw new HeddleError('aborted', `${named(name)} was not read: the work was stopped.`, { cause: error });
      if (isLate) throw timeoutError(name, this.limits);
      throw isLoss(error) ? new HeddleError(error.code, `${named(name)}: ${error.message}`, { cause: error }) : error;
    } finally {
      endWatch();
      signal?.removeEventListener('abort', end);
      this.rest();
    }
  }
}

async function hand(caller: Caller, given: DocumentSource['content']): Promise<void> {
  const ignore = (): void => undefined;
  const content = typeof given === 'string' ? Buffer.from(given) : given;
  await caller.call('begin', { size: content.length }, ignore);
  for (let start = 0; start < content.length; start += partBytes) {
    await caller.call('part', content.subarray(start, start + partBytes), ignore);
    await yieldToEventLoop();
  }
}

const Drawn = z.object({
  mediaType: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp']),
});

async function drawIn(
  caller: Caller,
  source: DocumentSource & { readonly page: number },
  limits: DocumentLimits,
): Promise<PageImage> {
  await hand(caller, source.content);
  const drawn = await caller.call('draw', { page: source.page, limits }, (value) => Drawn.parse(value));
  const pieces: Uint8Array[] = [];
  for (;;) {
    const part = await caller.call('next', undefined, (value) => Part.optional().parse(value));
    if (part?.bytes === undefined) break;
    pieces.push(part.bytes);
    await yieldToEventLoop();
  }
  return { ...drawn, content: Buffer.concat(pieces) };
}

async function parseIn(
  caller: Caller,
  content: DocumentSource['content'],
  work: { readonly parse: object } | { readonly reply: AskedDocument },
  onPage: () => void,
): Promise<ParsedDocument> {
  await hand(caller, content);
  const [call, payload] = 'parse' in work ? (['parse', work.parse] as const) : (['reply', work.reply] as const);
  const { title, metadata, unread, boxes, ...kept } = await caller.call(call, payload, (value) => Rest.parse(value), {
    onEvent: onPage,
  });
  let text = '';
  const spans: TextSpan[] = [];
  const pages: [number, number][] = [];
  const lines: Int32Array[] = [];
  const attached: { readonly name: string; readonly mediaType?: string; readonly pieces: Uint8Array[] }[] = [];
  for (;;) {
    const part = await caller.call('next', undefined, (value) => Part.optional().parse(value));
    if (part === undefined) break;
    text += part.text ?? '';
    for (const span of part.spans ?? []) spans.push(span);
    for (const page of part.pages ?? []) pages.push(page);
    if (part.lines !== undefined) lines.push(part.lines);
    if (part.part !== undefined) attached.push({ ...part.part, pieces: [] });
    if (part.bytes !== undefined) attached.at(-1)?.pieces.push(part.bytes);
    await yieldToEventLoop();
  }
  const parts = attached.map(({ pieces, ...part }) => ({ ...part, content: Buffer.concat(pieces) }));
  return {
    ...kept,
    text,
    spans,
    title,
    metadata,
    boxes: boxes && { ...boxes, pages, lines: joined(lines) },
    ...(parts.length === 0 ? {} : { parts }),
    unread,
  };
}

function joined(pieces: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const lossMark = 'lost';

function lostError(exit: ChildExit, limits: DocumentLimits): HeddleError {
  const isMemory =
    exit.reason === 'memory' ||
    /heap out of memory|Allocation failed|memory access out of bounds/i.test(exit.errorOutput);
  const megabytes = Math.round(limits.memoryBytes / (1024 * 1024));
  return isMemory
    ? new HeddleError(
        'document_bomb',
        `reading it takes more than ${megabytes} MB of memory: split it, or save it again without embedded media.`,
        { details: { [lossMark]: true } },
      )
    : new HeddleError(
        'document_damaged',
        'the parser ended while reading it: the file is damaged, save it again or convert it.',
        {
          details: { [lossMark]: true, exit: exit.reason },
        },
      );
}

const isLoss = (error: unknown): error is HeddleError =>
  error instanceof HeddleError && error.details?.[lossMark] === true;

const timeoutError = (name: string | undefined, limits: DocumentLimits): HeddleError =>
  new HeddleError(
    'document_timeout',
    `${named(name)} took longer than ${limits.wallMs / 1000} s to read: split it into smaller documents.`,
    {
      details: { limitMs: limits.wallMs },
    },
  );
