import {
  freeName,
  fromErrorValue,
  HeddleError,
  isAtMost,
  isStoreFault,
  joinLabels,
  labelOfCollection,
  readersAfter,
  readersByRules,
  sameReaders,
  toHeddleError,
  type CollectionInfo,
  type Destination,
  type DocumentInfo,
  type DocumentInput,
  type DocumentPart,
  type IngestOptions,
  type IngestReport,
  type Label,
  type ReaderRules,
} from '@heddle/core';
import { expandDocument } from '../documents/expand-document.js';
import type { CollectionContext } from './collection-context.js';
import { EmbedLine } from './embed-line.js';
import { hashContent } from './hash-content.js';
import { HeaderWriter } from './headers/write-headers.js';
import { baseName } from './reindex/index-names.js';
import { createPacer } from './pacer.js';
import { readRules } from './readers/reader-rules.js';
import { readersOfImport } from './readers/readers-of-import.js';
import { setReadersWithin } from './readers/set-readers.js';
import { specialTokens } from './new-splitter.js';
import { prepareDocument, type PreparedDocument, type PrepareOptions } from './prepare-document.js';
import { createTally, type Tally } from './tally.js';
import { isUnchanged } from './unchanged.js';

interface Ingest {
  readonly context: CollectionContext;
  readonly line: EmbedLine;
  readonly tally: Tally;
  readonly seen: Set<string>;
  /** The ids of the inputs as the caller named them, before files with many records are split. */
  readonly given: Set<string>;
  /** Documents that were skipped as unchanged; their embedded documents stay too. */
  readonly unchanged: Set<string>;
  /** Documents that wait until their embedded documents are stored. */
  readonly held: { readonly prepared: PreparedDocument; readonly depth: number }[];
  readonly force: boolean;
  readonly rules: ReaderRules | undefined;
  readonly destinations: readonly Reader[];
  readonly writer: HeaderWriter | undefined;
  readonly basis: Pick<PrepareOptions, 'info' | 'tokenizer' | 'maxTokens' | 'signal'>;
}

interface Reader {
  readonly does: string;
  readonly destination: Destination;
}

/**
 * Imports documents: hashes them, skips unchanged ones, parses, splits, embeds and stores. The next documents are prepared while the model
 * embeds. Each document is stored as a whole in one write, so a repeated import continues where an interrupted one stopped. The report
 * names documents that failed; the others are imported.
 */
export async function ingest(
  context: CollectionContext,
  inputs: Iterable<DocumentInput> | AsyncIterable<DocumentInput>,
  options: IngestOptions = {},
): Promise<IngestReport> {
  const info = await context.inner.info();
  const [embedder, tokenizer] = await Promise.all([context.embedder(info), context.tokenizer(info.embedding)]);
  const writer = await openWriter(context, info);
  const tally = createTally(options.onProgress);
  const broken = new AbortController();
  const signal = options.signal === undefined ? broken.signal : AbortSignal.any([options.signal, broken.signal]);
  const line = new EmbedLine({
    embedder,
    dimensions: info.dimensions,
    signal,
    put: (documents) => context.inner.put(documents),
    onEmbedded: (_, tokens) => {
      tally.counts.tokens += tokens;
      tally.report('embed');
    },
    onStored: (documents, passages) => {
      for (const stored of documents) tally.note(stored.document.id, 'done', stored.passages.length);
      tally.counts.done += documents.length;
      tally.counts.passages += passages;
      tally.report('store');
    },
  });
  const work: Ingest = {
    context,
    line,
    tally,
    seen: new Set(),
    given: new Set(),
    unchanged: new Set(),
    held: [],
    force: options.force === true,
    rules: await readRules(context.inner),
    destinations: [
      { does: 'embeds this collection', destination: embedder.destination },
      ...(writer === undefined ? [] : [{ does: 'writes its headers', destination: writer.destination }]),
    ],
    writer,
    basis: { info, tokenizer, maxTokens: embedder.maxTokens - specialTokens, signal },
  };
  try {
    await takeAll(work, inputs);
    await releaseHeld(work);
    await line.flush();
    if (options.sync === true) await removeUnnamed(work);
    else if (options.replaceParts === true) await removeOldParts(work);
  } catch (error) {
    broken.abort(error);
    await line.settled();
    throw endOf(error, info, options.signal);
  }
  tally.report(undefined);
  return { ...tally.counts, failures: tally.failures };
}

async function takeAll(work: Ingest, inputs: Iterable<DocumentInput> | AsyncIterable<DocumentInput>): Promise<void> {
  const { signal } = work.basis;
  const pace = createPacer();
  signal.throwIfAborted();
  for await (const input of inputs) {
    work.given.add(input.id);
    for (const document of expandDocument(input)) {
      signal.throwIfAborted();
      await takeOne(work, document);
      await pace();
    }
  }
}

async function takeOne(work: Ingest, input: DocumentInput, depth = 0): Promise<void> {
  const { context, line, tally, seen, force, basis } = work;
  const { id } = input;
  tally.counts.documents += 1;
  // A repeated id replaces the earlier document, which must be stored first.
  if (seen.has(id)) await line.flush();
  seen.add(id);
  if (input.error !== undefined) {
    tally.fail(id, fromErrorValue(input.error));
    return;
  }
  const { hash, size } = input.madeFrom ?? (await hashContent(input.content));
  const stored = await context.inner.document(id);
  if (!force && isUnchanged(stored, input, hash)) {
    const wanted = readersOfUnchanged(work, input, stored);
    if (wanted !== undefined && !sameReaders(wanted, stored?.readers))
      await setReadersWithin(context.inner, id, wanted);
    tally.counts.unchanged += 1;
    work.unchanged.add(id);
    tally.note(id, 'unchanged');
    return;
  }
  const refused = refusedByLabel(work, input);
  if (refused !== undefined) {
    tally.fail(id, refused);
    return;
  }
  tally.note(id, 'parse');
  tally.report('parse', id);
  const headers = work.writer && { writer: work.writer, label: labelOfInput(work, input) };
  const parsed = await prepareDocument(context, input, { ...basis, hash, size, headers }).catch((error: unknown) => {
    if (basis.signal.aborted || isStoreFault(error)) throw error;
    tally.fail(id, error);
    tally.report('parse', id);
    return undefined;
  });
  if (parsed === undefined) return;
  const readers = readersOfImport(input, { stored, metadata: parsed.metadata }, work.rules);
  const prepared = { ...parsed, readers };
  // Its parts come first: a stored document always has its parts, also after an interrupted import.
  const missing = await takeParts(work, { ...input, readersIfNew: readersAfter(stored, readers) }, prepared, depth);
  tally.note(id, 'embed', prepared.drafts.length);
  if (prepared.parts.length === 0) await line.add(withMissing(prepared, missing));
  else {
    work.held.push({ prepared: withMissing(prepared, missing), depth });
    if (depth === 0 && work.held.length >= mostHeld) await releaseHeld(work);
  }
}

/** The readers that an import states of a document whose content did not change; undefined if it states none. */
function readersOfUnchanged(
  { rules }: Ingest,
  { id, readers, readersByRules: isByRules = false }: DocumentInput,
  stored: DocumentInfo | undefined,
): readonly string[] | null | undefined {
  if (readers !== undefined || !isByRules) return readers;
  return rules === undefined ? null : (readersByRules(rules, { id, metadata: stored?.metadata }) ?? null);
}

/** Errors: `resource_unavailable` if headers cannot be written here, and those of the model. */
async function openWriter({ headers }: CollectionContext, info: CollectionInfo): Promise<HeaderWriter | undefined> {
  const { header } = info.splitter;
  if (header === undefined) return undefined;
  if (headers !== undefined) return HeaderWriter.open(headers, baseName(info.name), header);
  throw new HeddleError(
    'resource_unavailable',
    `Collection '${info.name}' has passage headers, which cannot be written here: import through the server of the data folder.`,
  );
}

/** The label of a document, joined with that of the collection. */
function labelOfInput({ basis }: Ingest, { label }: DocumentInput): Label {
  const own = labelOfCollection(basis.info);
  return label === undefined ? own : joinLabels(own, label);
}

/** The error if a model may not read a document, because the document's label is above the clearance of the connection. */
function refusedByLabel(work: Ingest, input: DocumentInput): HeddleError | undefined {
  const { level } = labelOfInput(work, input);
  const refusing = work.destinations.find(({ destination }) => !isAtMost(level, destination.clearance));
  if (refusing === undefined) return undefined;
  const { name, clearance } = refusing.destination;
  return new HeddleError(
    'label_refused',
    `'${input.id}' is ${level}, and '${name}', which ${refusing.does}, takes up to ${clearance}: use a collection with a model of this machine for that, or raise the clearance of the connection.`,
    { details: { destination: name, level, clearance } },
  );
}

const mostHeld = 32;

/** Stores the documents that waited for their parts, the innermost first. */
async function releaseHeld({ held, line }: Ingest): Promise<void> {
  const waiting = held.splice(0).sort((one, other) => other.depth - one.depth);
  for (const [index, { prepared, depth }] of waiting.entries()) {
    if (waiting[index - 1]?.depth !== depth) await line.flush();
    await line.add(prepared);
  }
}

/** Deeper nesting of documents in documents is treated as an attack. */
const deepestParts = 8;

/** Imports the parts of a document, such as the attachments of an e-mail. Returns the names of those that could not be read. */
async function takeParts(
  work: Ingest,
  input: DocumentInput,
  { parts, unread }: PreparedDocument,
  depth: number,
): Promise<readonly string[]> {
  const { tally } = work;
  for (const { name, code, message } of unread) {
    tally.counts.documents += 1;
    tally.fail(`${input.id}#${name}`, new HeddleError(code, `'${name}' in '${input.id}' was not read: ${message}`));
  }
  const names = new Set<string>();
  const missing = unread.map(({ name }) => name);
  for (const part of parts) {
    const name = freeName(part.name, names);
    names.add(name);
    const failed = tally.counts.failed;
    const inner = partInput(input, part, name);
    if (depth >= deepestParts) {
      tally.counts.documents += 1;
      tally.fail(
        inner.id,
        new HeddleError(
          'document_bomb',
          `'${inner.id}' was not read: it is nested in ${deepestParts} other documents. Import it as a file.`,
        ),
      );
    } else for (const document of expandDocument(inner)) await takeOne(work, document, depth + 1);
    if (tally.counts.failed > failed) missing.push(name);
  }
  return missing;
}

/** Makes a document from a part, such as an attachment. Its field `partOf` names the document that contains it. */
const partInput = (input: DocumentInput, { name, mediaType, content }: DocumentPart, free: string): DocumentInput => ({
  id: `${input.id}#${free}`,
  content,
  metadata: { ...input.metadata, partOf: input.id, name },
  mediaType,
  source: input.source,
  label: input.label,
  readers: input.readers,
  readersIfNew: input.readersIfNew,
  readersByRules: input.readersByRules,
});

/** Lists the parts that could not be read in the document's metadata. */
function withMissing(prepared: PreparedDocument, missing: readonly string[]): PreparedDocument {
  if (missing.length === 0) return prepared;
  const metadata = { ...prepared.metadata, unread: missing };
  return { ...prepared, metadata, document: { ...prepared.document, metadata } };
}

/** Deletes documents and what models wrote about them. */
export async function removeDocuments(
  { inner, headers, graphs }: Pick<CollectionContext, 'inner' | 'headers' | 'graphs'>,
  documentIds: readonly string[],
): Promise<number> {
  const deleted = await inner.delete(documentIds);
  await headers?.cache.forget(baseName(inner.name), documentIds);
  await graphs?.store.forget(baseName(inner.name), documentIds);
  return deleted;
}

/** Removes parts that the documents of this import no longer have. Documents that failed keep their last good state. */
async function removeOldParts({ context, tally, seen, given, unchanged, basis }: Ingest): Promise<void> {
  const failed = new Set(tally.failures.map(({ document }) => document));
  const kept = [...failed, ...unchanged].map((document) => `${document}#`);
  for (const id of given) {
    if (failed.has(id)) continue;
    basis.signal.throwIfAborted();
    // A file with many records is not a document itself.
    const gone = seen.has(id) || (await context.inner.document(id)) === undefined ? [] : [id];
    const prefix = `${id}#`;
    for (let after: string | undefined = prefix; after !== undefined;) {
      const page = await context.inner.documents({ after, limit: 500 });
      const within = page.filter((part) => part.id.startsWith(prefix));
      for (const part of within)
        if (!seen.has(part.id) && !kept.some((start) => part.id.startsWith(start))) gone.push(part.id);
      after = within.length < 500 ? undefined : within.at(-1)?.id;
    }
    if (gone.length > 0) tally.counts.removed += await removeDocuments(context, gone);
  }
}

/** Removes the documents that the import did not name. Documents that failed keep their last good state, with all their records. */
async function removeUnnamed({ context, tally, seen, unchanged, basis }: Ingest): Promise<void> {
  const kept = [...tally.failures.map(({ document }) => document), ...unchanged].map((document) => `${document}#`);
  const gone: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await context.inner.documents({ limit: 500, after });
    for (const { id } of page) {
      if (!seen.has(id) && !kept.some((prefix) => id.startsWith(prefix))) gone.push(id);
    }
    after = page.at(-1)?.id;
    if (after === undefined || page.length < 500) break;
  }
  for (let start = 0; start < gone.length; start += 200) {
    basis.signal.throwIfAborted();
    tally.counts.removed += await removeDocuments(context, gone.slice(start, start + 200));
  }
}

function endOf(error: unknown, info: CollectionInfo, signal: AbortSignal | undefined): HeddleError {
  if (signal?.aborted !== true) return toHeddleError(error, 'ingest_failed');
  return new HeddleError(
    'aborted',
    `The import into '${info.name}' was stopped: run it again to continue; finished documents are kept.`,
    { cause: error },
  );
}
