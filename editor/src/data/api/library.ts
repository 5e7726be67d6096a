import {
  CollectionInfo,
  ConnectionsReply,
  DocumentInfo,
  DocumentText,
  JobReply,
  ModelHostState,
  ModelState,
  ScoreTextsReply,
  SecretsReply,
  SearchReply,
  TemplateReply,
  TemplateSummary,
  type CreateCollectionRequest,
  type ModelCard,
  type SearchRequest,
  type TryModelRequest,
} from '@heddle/core';
import { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const Templates = z.object({ templates: z.array(TemplateSummary) });
const Documents = z.object({ documents: z.array(DocumentInfo) });
const JobAccepted = z.object({ jobId: z.string() });
const Jobs = z.object({ jobs: z.array(JobReply) });
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const pageSize = 200;

/** A message of the topic `models`. */
export const ModelsNow = z.object({ models: z.array(ModelState), hosts: z.array(ModelHostState) });
export type ModelsNow = z.infer<typeof ModelsNow>;

/** A file to import, with its path in the dropped folder. */
export interface NamedFile {
  readonly id: string;
  readonly file: File;
}

/** Templates, models, collections and jobs of the server's API. Errors of every call: ApiError. */
export const library = {
  templates: async (signal?: AbortSignal) =>
    (await fetchJson(Templates, at('templates'), withSignal(signal))).templates,
  importTemplate: (id: string) => fetchJson(TemplateReply, at('templates', id), { method: 'POST', body: {} }),

  addModel: async (card: z.input<typeof ModelCard>): Promise<void> => {
    await send(at('models'), { method: 'POST', body: card });
  },
  pullModel: async (id: string) =>
    (await fetchJson(JobAccepted, at('models', id, 'pull'), { method: 'POST', body: {} })).jobId,
  loadModel: async (id: string): Promise<void> => {
    await send(at('models', id, 'load'), { method: 'POST', body: {} });
  },
  unloadModel: async (id: string): Promise<void> => {
    await send(at('models', id, 'unload'), { method: 'POST', body: {} });
  },
  /** The reply is an event stream. */
  tryModel: (id: string, request: z.input<typeof TryModelRequest>, signal: AbortSignal) =>
    send(at('models', id, 'try'), { method: 'POST', body: request, signal }),
  scoreTexts: (id: string, query: string, texts: readonly string[], signal: AbortSignal) =>
    fetchJson(ScoreTextsReply, at('models', id, 'score'), { method: 'POST', body: { query, texts }, signal }),

  connections: async (signal?: AbortSignal) =>
    (await fetchJson(ConnectionsReply, at('connections'), withSignal(signal))).connections,
  /** Names of the secrets that workflows of this project may use; never their values. */
  secretNames: async (signal?: AbortSignal) =>
    (await fetchJson(SecretsReply, `${at('secrets')}?show=names`, withSignal(signal))).names,

  collection: (name: string, signal?: AbortSignal) =>
    fetchJson(CollectionInfo, at('collections', name), withSignal(signal)),
  createCollection: (request: CreateCollectionRequest) =>
    fetchJson(CollectionInfo, at('collections'), { method: 'POST', body: request }),
  dropCollection: async (name: string): Promise<void> => {
    await send(at('collections', name), { method: 'DELETE' });
  },
  /** One page of a collection's documents, sorted by id. */
  documents: async (name: string, after?: string, signal?: AbortSignal) =>
    (
      await fetchJson(
        Documents,
        `${at('collections', name, 'documents')}?limit=${pageSize}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
        withSignal(signal),
      )
    ).documents,
  documentText: (name: string, id: string, signal?: AbortSignal) =>
    fetchJson(DocumentText, at('collections', name, 'documents', id), withSignal(signal)),
  deleteDocument: async (name: string, id: string): Promise<void> => {
    await send(`${at('collections', name, 'documents')}?document=${encodeURIComponent(id)}`, { method: 'DELETE' });
  },
  search: async (name: string, request: Partial<SearchRequest>, signal?: AbortSignal) =>
    (
      await fetchJson(SearchReply, at('collections', name, 'search'), {
        method: 'POST',
        body: request,
        ...withSignal(signal),
      })
    ).results,
  ingestAgain: async (name: string, documents?: readonly string[]) =>
    (
      await fetchJson(JobAccepted, at('collections', name, 'reingest'), {
        method: 'POST',
        body: documents === undefined ? {} : { documents },
      })
    ).jobId,
  /** Uploads files; a job imports them. */
  upload: async (name: string, files: readonly NamedFile[]) => {
    const form = new FormData();
    for (const { id, file } of files) {
      form.append('about', JSON.stringify({ id }));
      form.append('file', file, file.name);
    }
    return (await fetchJson(JobAccepted, at('collections', name, 'documents'), { method: 'POST', form })).jobId;
  },

  jobs: async (signal?: AbortSignal) => (await fetchJson(Jobs, at('jobs'), withSignal(signal))).jobs,
  cancelJob: async (id: string): Promise<void> => {
    await send(at('jobs', id, 'cancel'), { method: 'POST', body: {} });
  },
};
