import { setTimeout as sleep } from 'node:timers/promises';
import {
  HeddleError,
  toHeddleError,
  type HeaderModel,
  type HeaderOptions,
  type HeaderPrompt,
  type Headers,
  type Label,
} from '@heddle/core';
import { headerKey, headerPrompt, type HeadedDocument, type HeadedPassage } from './header-prompt.js';
import { readHeader } from './read-header.js';

/** Concurrent calls of a model on another machine. A model on this machine gets one call at a time. */
const lanes = 4;
const attempts = 3;
/** After this many failed documents in a row, the rest of the import is not tried. */
const mostFailures = 5;

export interface DocumentToHead extends HeadedDocument {
  readonly id: string;
  readonly hash: string;
  readonly label: Label;
}

/**
 * Writes the passage headers of one import. Stored headers are used again, including those of a document that failed before it was
 * complete.
 */
export class HeaderWriter {
  private failures = 0;
  private last: HeddleError | undefined;

  private readonly collection: string;
  private readonly options: HeaderOptions;
  private readonly model: HeaderModel;
  private readonly cache: Headers['cache'];

  private constructor(collection: string, options: HeaderOptions, model: HeaderModel, cache: Headers['cache']) {
    this.collection = collection;
    this.options = options;
    this.model = model;
    this.cache = cache;
  }

  /** Errors: those of the model. */
  static async open(headers: Headers, collection: string, options: HeaderOptions): Promise<HeaderWriter> {
    return new HeaderWriter(collection, options, await headers.model(collection, options.model), headers.cache);
  }

  get destination(): HeaderModel['destination'] {
    return this.model.destination;
  }

  /** Returns the headers of the passages in order. Errors: `header_failed`, `label_refused`, `budget_exceeded`, and those of the model. */
  async write(
    document: DocumentToHead,
    passages: readonly HeadedPassage[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { model } = this.options;
    const prompts = new Map<string, HeaderPrompt>();
    const keys = passages.map((passage) => {
      const prompt = headerPrompt(document, passage, this.options, this.model.contextTokens);
      const key = headerKey(model, prompt);
      prompts.set(key, prompt);
      return key;
    });
    const known = new Map(await this.cache.known(this.collection, document.id, [...prompts.keys()]));
    const missing = [...prompts].filter(([key]) => !known.has(key));
    if (missing.length > 0) await this.writeMissing(document, missing, known, signal);
    return keys.map((key) => known.get(key) ?? '');
  }

  private async writeMissing(
    document: DocumentToHead,
    missing: readonly (readonly [key: string, prompt: HeaderPrompt])[],
    known: Map<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    this.refuseAfterFailures(document.id);
    const width = this.destination.isLocal ? 1 : lanes;
    for (let from = 0; from < missing.length; from += width) {
      const batch = missing.slice(from, from + width);
      // Each header is stored at once, so that a crash during a slower call does not lose it.
      const settled = await Promise.allSettled(
        batch.map(async ([key, prompt]) => {
          const text = await this.ask(document, prompt, signal);
          await this.cache.keep(this.collection, document, new Map([[key, text]]));
          known.set(key, text);
        }),
      );
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw this.noteFailure(failed.reason, signal);
    }
    this.failures = 0;
  }

  private async ask({ id, label }: DocumentToHead, prompt: HeaderPrompt, signal: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const header = readHeader(await this.model.write(prompt, { label, signal }));
        if (header !== undefined) return header;
        throw new HeddleError(
          'header_failed',
          `'${this.options.model}' wrote no header for a passage of '${id}': import the document again, or choose another model for the headers.`,
          { details: { document: id, model: this.options.model } },
        );
      } catch (error) {
        const isOver = attempt >= attempts || !(error instanceof HeddleError && error.retryable);
        if (signal.aborted || isOver) throw error;
        await sleep(250 * 2 ** attempt, undefined, { signal });
      }
    }
  }

  private noteFailure(reason: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return reason;
    const error = toHeddleError(reason, 'header_failed');
    // A label refuses only this document; the next one may be allowed.
    if (error.code !== 'label_refused') {
      this.failures += 1;
      this.last = error;
    }
    return reason;
  }

  private refuseAfterFailures(document: string): void {
    if (this.failures < mostFailures || this.last === undefined) return;
    const { code, message, retryable } = this.last;
    throw new HeddleError(
      code,
      `'${document}' got no headers, because ${mostFailures} documents before it failed: ${message} Import it again once the cause is fixed.`,
      { retryable, details: { document, model: this.options.model } },
    );
  }
}
