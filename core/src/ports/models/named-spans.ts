import type { TaggedSpan } from './embedding.js';

/** Entity types by the label that a model returns. Dates, numbers and amounts have no type. */
const typeOfLabel: Readonly<Record<string, string>> = {
  PER: 'person',
  PERSON: 'person',
  NAME: 'person',
  GIVEN_NAME: 'person',
  SURNAME: 'person',
  LOC: 'place',
  GPE: 'place',
  FAC: 'place',
  LOCATION: 'place',
  CITY: 'place',
  STATE: 'place',
  STREET_NAME: 'place',
  ORG: 'organisation',
  ORGANIZATION: 'organisation',
  NORP: 'group',
  PRODUCT: 'product',
  EVENT: 'event',
  WORK_OF_ART: 'work',
  LAW: 'law',
  MISC: 'other',
};

/** A name in a text. Offsets count UTF-16 units. */
interface NamedSpan {
  /** Such as `person`, `place` or `organisation`. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the named entities among the spans of a model with a probability of at least `least`. Joins parts of a person's name that are
 * separated only by spaces.
 */
export function namedSpans(spans: readonly TaggedSpan[], text: string, least: number): readonly NamedSpan[] {
  const names: NamedSpan[] = [];
  for (const { start, end, label, score } of spans) {
    const type = typeOfLabel[label.toUpperCase()];
    if (type === undefined || score < least) continue;
    const last = names.at(-1);
    const isSame = type === 'person' && last?.type === type && /^ {1,2}$/.test(text.slice(last.end, start));
    if (last !== undefined && isSame) names[names.length - 1] = { type, start: last.start, end };
    else names.push({ type, start, end });
  }
  return names;
}
