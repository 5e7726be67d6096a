import {
  RelevanceCalibration,
  estimateOf,
  HeddleError,
  RelevanceSetting,
  withoutUndefined,
  type CollectionInfo,
  type CollectionRelevance,
  type Passage,
  type RelevanceModel,
  type RelevanceThreshold,
  type SearchRequest,
} from '@heddle/core';
import type { CollectionContext } from '../collection-context.js';
import { bestSimilarity, calibrate } from './calibrate.js';
import { relevanceOf } from './fit-model.js';
import { coverageOfQuestion, termsByDocument } from './terms.js';

type Kind = 'semantic' | 'lexical';
type Mode = NonNullable<SearchRequest['mode']>;

/** A collection is calibrated again after it grew or shrank by more than this share of its passages. */
const muchChanged = 0.2;
/** The key of the collection's note with the setting. */
export const settingKey = 'relevance';
const keyOf = (kind: Kind): string => `calibration-${kind}`;
const calibrated: RelevanceSetting = { mode: 'calibrated' };
/** The thresholds for which a calibration reports estimates. */
const shownMinima = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);

interface Verdict {
  /** 0 to 1; undefined if the collection is empty. */
  readonly relevance: number | undefined;
  readonly isAnswered: boolean;
}

/** The calibrations in progress, by collection: all callers wait for the same one. */
export type RunningCalibrations = Map<string, Promise<RelevanceCalibration>>;

export interface Relevance extends RelevanceThreshold {
  /** Judges whether the passages that were found answer a question. */
  judge(
    question: string,
    found: readonly Passage[],
    mode: Mode,
    options: { readonly isShown: boolean },
  ): Promise<Verdict>;
}

/**
 * The relevance below which a collection counts as having no answer to a question. It is computed at the first question that needs it,
 * stored with the collection, and computed again when the collection has changed much.
 */
export class StoredRelevance implements Relevance {
  private readonly context: CollectionContext;
  private readonly running: RunningCalibrations;

  constructor(context: CollectionContext, running: RunningCalibrations) {
    this.context = context;
    this.running = running;
  }

  async get(): Promise<CollectionRelevance> {
    const setting = await this.setting();
    const known = await this.stored('semantic', await this.context.inner.info());
    const model = known?.combined;
    if (known === undefined || model === undefined) return { setting, estimates: [] };
    const minimum = minimumOf(setting, model);
    return withoutUndefined({
      setting,
      calibrated: { time: known.time, passages: known.passages, questions: model.answered.length },
      inEffect: minimum === undefined ? undefined : estimateOf(model, minimum),
      estimates: [...shownMinima, model.minimum].sort((a, b) => a - b).map((one) => estimateOf(model, one)),
    });
  }

  async set(setting: RelevanceSetting): Promise<CollectionRelevance> {
    const { inner } = this.context;
    const parsed = RelevanceSetting.safeParse(setting);
    if (!parsed.success)
      throw new HeddleError(
        'bad_request',
        `The relevance setting of collection '${inner.name}' is not valid: ${parsed.error.issues[0]?.message ?? 'unknown reason'}`,
      );
    await inner.setNote(settingKey, JSON.stringify(parsed.data));
    return this.get();
  }

  async calibrate({
    force = false,
    signal,
  }: { readonly force?: boolean; readonly signal?: AbortSignal } = {}): Promise<CollectionRelevance> {
    const info = await this.context.inner.info();
    signal?.throwIfAborted();
    const known = await this.stored('semantic', info);
    if (info.passages > 0 && (force || known === undefined || hasChanged(known, info)))
      await this.compute(info, 'semantic');
    return this.get();
  }

  async judge(
    question: string,
    found: readonly Passage[],
    mode: Mode,
    { isShown }: { readonly isShown: boolean },
  ): Promise<Verdict> {
    const setting = await this.setting();
    if (setting.mode === 'off' && !isShown) return { relevance: undefined, isAnswered: true };
    const known = await this.current(mode === 'lexical' ? 'lexical' : 'semantic');
    if (known === undefined) return { relevance: undefined, isAnswered: true };
    const [relevance, model] = relevanceIn(known, question, found, mode);
    const minimum = model === undefined ? undefined : minimumOf(setting, model);
    return { relevance, isAnswered: relevance === undefined || minimum === undefined || relevance >= minimum };
  }

  private async setting(): Promise<RelevanceSetting> {
    const text = await this.context.inner.note(settingKey);
    const parsed = text === undefined ? undefined : RelevanceSetting.safeParse(JSON.parse(text));
    return parsed?.success === true ? parsed.data : calibrated;
  }

  private async stored(kind: Kind, { createdAt }: CollectionInfo): Promise<RelevanceCalibration | undefined> {
    const text = await this.context.inner.note(keyOf(kind));
    const parsed = text === undefined ? undefined : RelevanceCalibration.safeParse(JSON.parse(text));
    // A calibration from another version, or for an index that served earlier, is computed again.
    return parsed?.success === true && parsed.data.index === createdAt ? parsed.data : undefined;
  }

  private compute(info: CollectionInfo, kind: Kind): Promise<RelevanceCalibration> {
    const { running, context } = this;
    const key = `${info.name} ${kind}`;
    const known = running.get(key);
    if (known !== undefined) return known;
    const work = (async () => {
      const made = await calibrate(context, info, kind);
      await context.inner.setNote(keyOf(kind), JSON.stringify(made));
      return made;
    })().finally(() => running.delete(key));
    running.set(key, work);
    return work;
  }

  /** The current calibration. An outdated one is used until its replacement is computed. */
  private async current(kind: Kind): Promise<RelevanceCalibration | undefined> {
    const info = await this.context.inner.info();
    if (info.passages === 0) return undefined;
    const known = await this.stored(kind, info);
    if (known === undefined) return this.compute(info, kind);
    // If it fails, the next question tries again.
    if (hasChanged(known, info)) void this.compute(info, kind).catch(() => undefined);
    return known;
  }
}

const hasChanged = (known: RelevanceCalibration, { passages }: CollectionInfo): boolean =>
  Math.abs(passages - known.passages) > known.passages * muchChanged;

function minimumOf({ mode, minimum }: RelevanceSetting, model: RelevanceModel): number | undefined {
  if (mode === 'off') return undefined;
  return mode === 'manual' ? minimum : model.minimum;
}

/** The relevance of a question, and the model that computed it. */
function relevanceIn(
  known: RelevanceCalibration,
  question: string,
  found: readonly Passage[],
  mode: Mode,
): readonly [number | undefined, RelevanceModel | undefined] {
  const passages = termsByDocument(found, known.languages);
  const coverage = coverageOfQuestion(question, passages, known);
  // A question in another language shares no terms with the passages, so only the similarity counts.
  const model = mode === 'lexical' ? known.lexical : coverage === 0 ? known.dense : known.combined;
  return [model && relevanceOf(model, { dense: bestSimilarity(found), coverage }), model];
}
