import { Connection, type ConnectionKind, type LabelLevel, type RemoteModelCard } from '@heddle/core';
import type { Preset } from '../../data/api/reply-parts.js';

/** A price as the form holds it. */
export interface PriceDraft {
  readonly model: string;
  readonly inputPerMillion: number | undefined;
  readonly outputPerMillion: number | undefined;
  readonly cachedPerMillion: number | undefined;
  readonly cacheWritePerMillion: number | undefined;
  readonly perThousandSearches: number | undefined;
  readonly currency: string;
  readonly asOf: string;
}

/** A model as the form holds it. */
export interface ModelDraft {
  readonly name: string;
  readonly kind: RemoteModelCard['kind'];
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly dimensions: number | undefined;
  readonly supports: RemoteModelCard['supports'];
}

/** A connection as the form holds it; times are in seconds. */
export interface ConnectionDraft {
  readonly id: string;
  readonly title: string;
  readonly kind: ConnectionKind;
  readonly preset: string | undefined;
  readonly baseUrl: string;
  readonly apiVersion: string;
  readonly api: Connection['api'];
  readonly promptCache: Connection['promptCache'];
  readonly region: string;
  readonly zone: string;
  readonly clearance: LabelLevel;
  readonly isLocal: boolean;
  readonly isEnabled: boolean;
  readonly prices: readonly PriceDraft[];
  readonly models: readonly ModelDraft[];
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly concurrency: number | undefined;
  readonly connectSeconds: number | undefined;
  readonly idleSeconds: number | undefined;
  readonly totalSeconds: number | undefined;
  readonly attempts: number | undefined;
}

/** The form for a stored connection. */
export function draftOf(connection: Connection): ConnectionDraft {
  const { id, title, kind, preset, clearance, isLocal, isEnabled, limits, timeouts, attempts } = connection;
  return {
    id,
    title,
    kind,
    preset,
    clearance,
    isLocal,
    isEnabled,
    attempts,
    api: connection.api,
    promptCache: connection.promptCache,
    baseUrl: connection.baseUrl ?? '',
    apiVersion: connection.apiVersion ?? '',
    region: connection.region ?? '',
    zone: connection.zone ?? '',
    prices: connection.prices.map((price) => ({
      ...price,
      cachedPerMillion: price.cachedPerMillion,
      cacheWritePerMillion: price.cacheWritePerMillion,
      perThousandSearches: price.perThousandSearches,
    })),
    models: connection.models.map((model) => ({
      name: model.name,
      kind: model.kind,
      supports: model.supports,
      contextTokens: model.contextTokens,
      maxOutputTokens: model.maxOutputTokens,
      dimensions: model.dimensions,
    })),
    requestsPerMinute: limits.requestsPerMinute,
    tokensPerMinute: limits.tokensPerMinute,
    concurrency: limits.concurrency,
    connectSeconds: timeouts.connectMs / 1000,
    idleSeconds: timeouts.idleMs / 1000,
    totalSeconds: timeouts.totalMs / 1000,
  };
}

/** Creates a connection from a preset, under a free name based on `wanted` or the preset's own id. */
export function draftFrom(preset: Preset, taken: readonly string[], wanted = preset.id): ConnectionDraft {
  return draftOf(
    Connection.parse({
      id: freeName(Connection.shape.id.safeParse(wanted).success ? wanted : preset.id, taken),
      title: preset.title,
      kind: preset.kind,
      preset: preset.id,
      isLocal: preset.isLocal,
      baseUrl: preset.baseUrl,
      // A server in the team's own network may usually receive what the team may see.
      clearance: 'internal',
    }),
  );
}

/** The id, or the first of `openai-2`, `openai-3`, … that is free. */
export function freeName(id: string, taken: readonly string[]): string {
  if (!taken.includes(id)) return id;
  for (let count = 2; ; count += 1) if (!taken.includes(`${id}-${count}`)) return `${id}-${count}`;
}

type ReadConnection =
  | { readonly ok: true; readonly connection: Connection }
  /** Problems by the path of their field, such as `id` or `prices.0.model`. */
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** Reads a form. Empty fields are left out. */
export function readDraft(draft: ConnectionDraft): ReadConnection {
  const { baseUrl, apiVersion, region, zone, preset, prices, models } = draft;
  const parsed = Connection.safeParse({
    id: draft.id.trim(),
    title: draft.title.trim(),
    kind: draft.kind,
    clearance: draft.clearance,
    isLocal: draft.isLocal,
    isEnabled: draft.isEnabled,
    promptCache: draft.promptCache,
    ...filled({
      preset,
      api: hasApis(draft.kind) ? draft.api : undefined,
      baseUrl: baseUrl.trim(),
      apiVersion: apiVersion.trim(),
      region: region.trim(),
      zone: zone.trim(),
    }),
    prices: prices.map(({ model, currency, asOf, ...money }) => ({
      model: model.trim(),
      currency: currency.trim().toUpperCase(),
      asOf,
      ...filled(money),
    })),
    models: models.map(({ name, kind, supports, ...sizes }) => ({
      name: name.trim(),
      kind,
      supports,
      ...filled(sizes),
    })),
    limits: filled({
      requestsPerMinute: draft.requestsPerMinute,
      tokensPerMinute: draft.tokensPerMinute,
      concurrency: draft.concurrency,
    }),
    timeouts: filled({
      connectMs: inMilliseconds(draft.connectSeconds),
      idleMs: inMilliseconds(draft.idleSeconds),
      totalMs: inMilliseconds(draft.totalSeconds),
    }),
    ...filled({ attempts: draft.attempts }),
  });
  const errors: Record<string, string> = {};
  if (needsAddress(draft.kind) && baseUrl.trim() === '') errors['baseUrl'] = 'Enter the address of the server.';
  if (parsed.success && Object.keys(errors).length === 0) return { ok: true, connection: parsed.data };
  for (const { path, code, message } of parsed.error?.issues ?? [])
    errors[path.join('.')] ??= textOf(path.at(-1), code, message);
  return { ok: false, errors };
}

/** Whether connections of a kind have no default address. */
export function needsAddress(kind: ConnectionKind): boolean {
  return kind === 'azure-openai' || kind === 'openai-compatible';
}

/** Whether connections of a kind can choose between several APIs. */
export function hasApis(kind: ConnectionKind): boolean {
  return kind !== 'anthropic' && kind !== 'google';
}

/** Whether saving deletes the stored key, because it belongs to the earlier address. */
export function movesKey(before: Connection, draft: ConnectionDraft): boolean {
  return originOf(before.baseUrl ?? '') !== originOf(draft.baseUrl.trim()) || before.kind !== draft.kind;
}

const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);
const inMilliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1000);

function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

function textOf(field: PropertyKey | undefined, code: string, message: string): string {
  if (field === 'baseUrl') return 'Enter a full address, such as http://127.0.0.1:8000/v1.';
  if (field === 'currency') return 'Enter three letters, such as USD or EUR.';
  if (field === 'asOf') return 'Enter the date of the price.';
  if (code === 'invalid_type') return 'Enter a number.';
  if (code === 'too_small') return field === 'model' || field === 'name' ? 'Enter a name.' : 'Enter a larger number.';
  return message;
}
