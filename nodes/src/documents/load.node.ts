import {
  defineNode,
  FilePort,
  HeddleError,
  isErrorCode,
  Json,
  labelOf,
  list,
  readableFormats,
  Text,
  type FileRef,
  type Files,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { loadDocument, type LoadedDocument, type LoadFailure, type RawDocument } from './loaded-document.js';
import { listOf } from '../fields/list-of.js';

const Config = z.object({
  paths: z.array(z.string().min(1).max(1000)).max(100).default([]).meta({
    title: 'Files and folders',
    description: 'In folders that the administrator allowed.',
    widget: 'paths',
  }),
  urls: z
    .array(z.string().min(1).max(4000))
    .max(100)
    .default([])
    .meta({ title: 'Addresses', description: 'Web pages and files.' }),
  maxDocuments: z.int().min(1).max(10_000).default(200).meta({ title: 'Max documents' }),
  maxMegabytes: z.number().min(0.001).max(1_000).default(50).meta({ title: 'Max document size in MB' }),
  onError: z
    .enum(['skip', 'stop'])
    .default('skip')
    .meta({ title: 'If a document cannot be read', labels: { skip: 'Continue with the others', stop: 'Stop' } }),
});
type Config = z.infer<typeof Config>;

export const load = defineNode({
  type: 'load',
  version: 1,
  category: 'documents',
  title: 'Load',
  summary: 'Reads documents from files, folders, addresses or uploads.',
  icon: 'file-input',
  keywords: listOf(`
      pdf, docx, word, document, documents, document loader, loader, file, files, folder, read file, open file,
      upload, import, ocr, scan, parse, parser, extract text, extract from file, html, markdown, txt, csv, excel,
      xlsx, spreadsheet, powerpoint, pptx, website, web page, scrape, scraper, crawl, crawler, url
    `),
  role: 'step',
  effects: ['files', 'network', 'process'],
  headline: 'paths.0',
  help: `
Reads ${readableFormats()}. The content determines the type, not the name.

Attachments of e-mails are documents of their own. Text in pictures and scanned pages is recognised.

- **Files and folders** must be in folders that the administrator allowed (setting \`HEDDLE_FILES\`). A folder is read with all its subfolders, without hidden files.
- **Addresses** are fetched safely: addresses inside your network are not reachable unless the administrator allowed them. Content from the web is marked \`untrusted\`.
- Connect an upload (a file input) to **files**, the path of a file or folder to **paths**, an address to **url**.

A damaged document does not stop the others: it appears in the log and in **failures**. If no document can be read, the node fails.

**Documents** go to a split or store node, with their pages and headings; **text** has all of them as one text.
`.trim(),
  config: Config,
  inputs: {
    files: list(FilePort).optional().with({ title: 'Files' }),
    paths: list(Text).optional().with({ title: 'Files and folders' }),
    url: Text.optional().with({ title: 'Address' }),
  },
  outputs: { documents: Json, text: Text, failures: Json },
  example: { config: { paths: ['handbook'] } },
  async run({ config, inputs, context }) {
    const sources = await sourcesOf(config, inputs, context);
    if (sources.length === 0)
      throw new HeddleError(
        'input_missing',
        'There are no documents to load: add files, folders or addresses in the settings, or connect a file, a path or an address.',
      );
    if (sources.length > config.maxDocuments) {
      throw new HeddleError(
        'input_too_large',
        `There are ${sources.length} documents; the limit is ${config.maxDocuments}. Raise 'Max documents', or choose a smaller folder.`,
        { details: { documents: sources.length, limit: config.maxDocuments } },
      );
    }
    const parser = await context.use('documents');
    const documents: LoadedDocument[] = [];
    const failures: LoadFailure[] = [];
    for (const [index, source] of sources.entries()) {
      context.progress({ share: index / sources.length, message: source.id });
      try {
        const loaded = await loadDocument(source, parser, context.signal);
        documents.push(...loaded.documents);
        for (const failure of loaded.failures) {
          failures.push(failure);
          context.log.warn(`'${failure.document}' was left out: ${failure.message}`, { code: failure.code });
        }
      } catch (error) {
        if (
          !(error instanceof HeddleError) ||
          error.code === 'aborted' ||
          error.code === 'label_refused' ||
          config.onError === 'stop'
        )
          throw error;
        failures.push({ document: source.id, code: error.code, message: error.message });
        context.log.warn(`'${source.id}' was left out: ${error.message}`, { code: error.code });
      }
    }
    const [first] = failures;
    if (documents.length === 0 && first !== undefined) throw failureOf(failures, first);
    return { documents, text: documents.map(({ text }) => text).join('\n\n'), failures };
  },
});

async function sourcesOf(
  config: Config,
  inputs: {
    readonly files?: readonly FileRef[] | undefined;
    readonly paths?: readonly string[] | undefined;
    readonly url?: string | undefined;
  },
  context: NodeContext,
): Promise<readonly RawDocument[]> {
  const maxBytes = Math.round(config.maxMegabytes * 1_000_000);
  const sources: RawDocument[] = [];
  const paths = [...config.paths, ...(inputs.paths ?? []).map((path) => path.trim()).filter((path) => path !== '')];
  if (paths.length > 0) {
    const files = await context.use('files');
    for (const path of paths)
      sources.push(...(await filesBelow(files, path, config.maxDocuments, maxBytes, context.signal)));
  }
  const urls = [...config.urls, ...(inputs.url === undefined || inputs.url.trim() === '' ? [] : [inputs.url.trim()])];
  if (urls.length > 0) context.raise(labelOf('public', ['untrusted']));
  sources.push(...urls.map((url) => pageAt(url, maxBytes, context)));
  for (const file of inputs.files ?? []) {
    sources.push({
      id: file.name,
      name: file.name,
      mediaType: file.mediaType,
      read: async () => {
        if (file.size > maxBytes)
          throw new HeddleError(
            'document_too_large',
            `The file has ${file.size} bytes; the limit is ${maxBytes}. Raise 'Max document size in MB'.`,
          );
        return (await context.use('blobs')).get(file.id);
      },
    });
  }
  return sources;
}

async function filesBelow(
  files: Files,
  path: string,
  limit: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<RawDocument[]> {
  // One document above the limit is listed, to detect that there are too many.
  const entries = await files.list(path, { limit: limit + 1, signal });
  return entries.map((entry) => ({
    id: entry.path,
    name: entry.path.split('/').at(-1) ?? entry.path,
    read: () => files.read(entry.path, { maxBytes, signal }),
  }));
}

function pageAt(url: string, maxBytes: number, context: NodeContext): RawDocument {
  return {
    id: url,
    name: url,
    read: async () => {
      const reply = await (await context.use('fetch')).fetch({ url, maxBytes, signal: context.signal });
      if (reply.status < 200 || reply.status > 299)
        throw new HeddleError('fetch_status', `'${url}' answered with status ${reply.status}: check the address.`, {
          retryable: reply.status >= 500 || reply.status === 429,
        });
      return reply.body;
    },
  };
}

function failureOf(failures: readonly LoadFailure[], { document, code, message }: LoadFailure): HeddleError {
  const text =
    failures.length === 1
      ? `'${document}' cannot be read: ${message}`
      : `None of ${failures.length} documents can be read; the first is '${document}': ${message}`;
  return new HeddleError(isErrorCode(code) ? code : 'file_unreadable', text, {
    details: { failures: failures.slice(0, 20) },
  });
}
