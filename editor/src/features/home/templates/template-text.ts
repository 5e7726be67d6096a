import type { TemplateCategory, TemplateNeed, TemplateSummary } from '@heddle/core';

/** The categories of the gallery, in their order. */
export const categories: readonly (readonly [TemplateCategory, string])[] = [
  ['answers', 'Answers'],
  ['writing', 'Writing'],
  ['extraction', 'Extraction'],
  ['agents', 'Agents'],
  ['automation', 'Automation'],
  ['safety', 'Safety'],
  ['comparison', 'Comparison'],
];

export const categoryText = (category: TemplateCategory | undefined): string | undefined =>
  categories.find(([id]) => id === category)?.[1];

const needTexts: Readonly<Record<TemplateNeed['kind'], string>> = {
  model: 'Model',
  connection: 'Connection',
  collection: 'Collection',
  tool: 'Tool server',
  secret: 'Secret',
  folder: 'Folder',
  policy: 'Routing policy',
  workflow: 'Workflow',
  network: 'Web access',
  person: 'A person who answers',
  node: 'Node type',
  webhook: 'Webhook',
  schedule: 'Schedule',
};

/** A need as a short text. */
export function needText({ kind, target }: TemplateNeed): string {
  const text = needTexts[kind];
  return target === '*' || kind === 'webhook' || kind === 'schedule' ? text : `${text} ${target}`;
}

/** What a template lacks here, in one line for its card; undefined if nothing is missing. */
export function gapText({ missing }: TemplateSummary): string | undefined {
  const blocking = missing.filter(({ isBlocking }) => isBlocking);
  const [first] = blocking;
  if (first === undefined) return undefined;
  const more = blocking.length - 1;
  return `Missing here: ${lowerFirst(needText(first))}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The needs of a template that the user may not check, in one line; undefined if there are none. */
export function unknownText({ unknown }: TemplateSummary): string | undefined {
  const [first] = unknown;
  if (first === undefined) return undefined;
  const more = unknown.length - 1;
  return `Needs ${lowerFirst(needText(first))}${more > 0 ? ` and ${more} more` : ''}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The templates of a category that match every word of a query. */
export function filterTemplates(
  templates: readonly TemplateSummary[],
  category: TemplateCategory | '',
  query: string,
): readonly TemplateSummary[] {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    if (category !== '' && template.category !== category) return false;
    const text = searchedText(template).toLowerCase();
    return terms.every((term) => text.includes(term));
  });
}

const searchedText = ({ name, summary, problem, category, needs, id }: TemplateSummary): string =>
  [name, summary, problem, id, categoryText(category) ?? '', ...needs.map(needText)].join(' ');
