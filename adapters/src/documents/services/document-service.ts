import type { ServedFormat } from '@heddle/core';

/** Parsers of documents that run as servers of their own. */
export type ServiceName = 'tika' | 'docling';

/** A parser that runs as a server. Who sets its address trusts it with the documents. */
export interface DocumentService {
  readonly name: ServiceName;
  /** Its address, such as `http://localhost:9998`. */
  readonly url: string;
  readonly key?: string | undefined;
  /** What it reads; `other`: files that Heddle refuses with `document_type`. */
  readonly formats: readonly ServedFormat[];
  /** The most milliseconds of one document; five minutes without it. */
  readonly timeoutMs?: number | undefined;
}

/** What a service is called in messages. */
export const titleOf: Readonly<Record<ServiceName, string>> = { tika: 'Apache Tika', docling: 'Docling' };
