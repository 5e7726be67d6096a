import type { ModelState } from '@heddle/core';

/** The filters of the catalogue. */
export interface ModelFilter {
  readonly kind: string;
  readonly state: string;
  readonly query: string;
}

const kinds: Readonly<Record<string, (model: ModelState) => boolean>> = {
  all: () => true,
  generate: ({ card }) => card.kind === 'generate',
  embed: ({ card }) => card.kind === 'embed',
  judge: ({ card }) => card.kind === 'rerank' || card.kind === 'classify',
  lora: ({ card }) => card.kind === 'lora',
};

const states: Readonly<Record<string, (model: ModelState) => boolean>> = {
  all: () => true,
  here: ({ status }) => status !== 'absent',
  loaded: ({ status }) => status === 'loaded',
};

/** The options of each filter. */
export const modelFilters = [
  {
    name: 'kind',
    title: 'Kind',
    choices: [
      { id: 'all', title: 'All' },
      { id: 'generate', title: 'Generate' },
      { id: 'embed', title: 'Embed' },
      { id: 'judge', title: 'Rerank and classify' },
      { id: 'lora', title: 'Adapters' },
    ],
  },
  {
    name: 'state',
    title: 'Status',
    choices: [
      { id: 'all', title: 'Any status' },
      { id: 'here', title: 'On this machine' },
      { id: 'loaded', title: 'Loaded' },
    ],
  },
] as const;

const rank: Readonly<Record<ModelState['status'], number>> = {
  loaded: 0,
  downloading: 1,
  ready: 2,
  checking: 3,
  invalid: 4,
  absent: 5,
};

/** The models that match the filters; each word of the query must appear in the card. Available models come first. */
export function filterModels(
  models: readonly ModelState[],
  { kind, state, query }: ModelFilter,
): readonly ModelState[] {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return models
    .filter(
      (model) =>
        (kinds[kind]?.(model) ?? true) &&
        (states[state]?.(model) ?? true) &&
        terms.every((word) => textOf(model).includes(word)),
    )
    .sort((a, b) => rank[a.status] - rank[b.status]);
}

function textOf({ card }: ModelState): string {
  return [
    card.id,
    card.title,
    card.kind,
    card.summary,
    card.publisher,
    card.licence,
    card.format,
    card.quantisation ?? '',
    ...card.languages,
  ]
    .join(' ')
    .toLowerCase();
}
