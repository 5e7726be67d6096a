import type { ServedFormat } from '@heddle/core';

/** Document parsers that run as separate servers. */
export type ServiceName = 'tika' | 'docling';

/** A parser that runs as a server. Whoever sets its address trusts it with the documents. */
export interface DocumentService {
  readonly name: ServiceName;
  /** Its address, such as `http://localhost:9998`. */
  readonly url: string;
  readonly key?: string | undefined;
  /** The formats that it reads; `other` stands for files that Heddle refuses with `document_type`. */
  readonly formats: readonly ServedFormat[];
  /** The time limit of one document in milliseconds. Default: five minutes. */
  readonly timeoutMs?: number | undefined;
}

export const titleOf: Readonly<Record<ServiceName, string>> = { tika: 'Apache Tika', docling: 'Docling' };
