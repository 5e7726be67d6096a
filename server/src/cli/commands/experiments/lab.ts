import { HeddleError, LabRequest, withoutUndefined, type Lab, type LabScore } from '@heddle/core';
import type { Command } from 'commander';
import { followJob } from '../../client/jobs.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import { requireDataset } from '../datasets.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

interface LabOptions extends JsonOption {
  readonly collection?: string;
  readonly show?: string;
  readonly embedding?: string;
  readonly method?: string;
  readonly size?: string;
  readonly overlap?: string;
  readonly parent?: string;
  readonly context?: string;
  readonly header?: string;
  readonly mode?: string;
  readonly weight?: string;
  readonly titleWeight?: string;
  readonly diversity?: string;
  readonly graphWeight?: string;
  readonly returns?: string;
  readonly reranker?: string;
  readonly candidates?: string;
  readonly rewrite?: string;
  readonly rewriter?: string;
  readonly maxCost?: number;
  readonly metric?: string;
  readonly questions?: number;
  readonly split?: string;
  readonly input?: string;
  readonly seed?: number;
  readonly top?: number;
  readonly race: boolean;
  readonly wait: boolean;
  readonly apply?: true;
}

/** `heddle lab`: starts a lab and prints its table, or prints the table of an earlier one. */
export async function runLabCommand(given: string, options: LabOptions, command: Command): Promise<void> {
  const lab = await withClient(command, async (client) => {
    const id = (await requireDataset(client, given)).id;
    const read = (one: string) =>
      client.api.GET('/api/datasets/{id}/labs/{lab}', { params: { path: { id, lab: one } } });
    if (options.show !== undefined) return read(options.show);
    const body = parseArgument(LabRequest, requestOf(options), 'The lab');
    const begun = await client.api.POST('/api/datasets/{id}/labs', { params: { path: { id } }, body });
    if (!options.wait) return begun;
    let shown = -1;
    await followJob<{ readonly done?: number; readonly total?: number }>(client.api, begun.job, {
      onProgress: ({ done = 0, total = 0 }) => {
        const percent = Math.floor((100 * done) / Math.max(1, total));
        if (percent > shown) printToStderr(`${percent} % of ${total} searches`);
        shown = Math.max(shown, percent);
      },
    });
    return read(begun.id);
  });
  const applied = options.apply === true ? await applyLearnt(lab, command) : [];
  if (options.json === true) printJson(lab);
  else print(...linesOf(lab), ...applied);
}

/** Applies the search settings that the lab learnt, if they are proved better. Settings that a lab does not measure stay. */
async function applyLearnt({ request, report, status }: Lab, command: Command): Promise<readonly string[]> {
  const { collection } = request;
  const learnt = report.best?.learnt;
  if (status !== 'done' || learnt?.verdict !== 'better') return [`The search of '${collection}' stays as it is.`];
  const found = report.configurations.find(({ number }) => number === learnt.number);
  if (found === undefined) return [];
  const params = { path: { name: collection } };
  const before = await withClient(command, async ({ api }) => {
    const { settings } = await api.GET('/api/collections/{name}/search-settings', { params });
    const { mode, weight, titleWeight, diversity, returns, graphWeight, reranker } = found.search;
    const ifUnavailable = settings.reranker?.ifUnavailable ?? ('fail' as const);
    const wanted = withoutUndefined({
      mode,
      weight,
      titleWeight,
      diversity,
      returns,
      graphWeight,
      neighbours: settings.neighbours,
      reranker: reranker && { ...reranker, ifUnavailable },
    });
    await api.PUT('/api/collections/{name}/search-settings', { params, body: { settings: wanted, base: settings } });
    return settings;
  });
  return [
    `The search of '${collection}' now has the settings of number ${learnt.number}. They were ${JSON.stringify(before)}; heddle collections search-settings changes them back.`,
  ];
}

function requestOf(options: LabOptions): Record<string, unknown> {
  const { collection, metric, questions, split, input, seed, top, race, maxCost } = options;
  if (collection === undefined)
    throw new HeddleError('usage', 'Give --collection to start a lab, or --show to print one.');
  const grid = withoutUndefined({
    embedding: listOf(options.embedding),
    kind: listOf(options.method),
    maxTokens: listOf(options.size)?.map(Number),
    overlapTokens: listOf(options.overlap)?.map(Number),
    parentTokens: listOf(options.parent)?.map(Number),
    context: listOf(options.context)?.map(truthOf),
    header: listOf(options.header),
    mode: listOf(options.mode),
    weight: listOf(options.weight)?.map(Number),
    titleWeight: listOf(options.titleWeight)?.map(Number),
    diversity: listOf(options.diversity)?.map(Number),
    graphWeight: listOf(options.graphWeight)?.map(Number),
    returns: listOf(options.returns),
    reranker: listOf(options.reranker),
    candidates: listOf(options.candidates)?.map(Number),
    rewrite: listOf(options.rewrite),
    rewriter: listOf(options.rewriter),
  });
  return withoutUndefined({ collection, grid, metric, k: top, questions, split, input, seed, race, maxCost });
}

const listOf = (text: string | undefined): readonly string[] | undefined =>
  text?.split(',').map((value) => value.trim());

/** Any other text is left for the schema to report. */
const truthOf = (text: string): boolean | string => (text === 'yes' ? true : text === 'no' ? false : text);

function linesOf(lab: Lab): readonly string[] {
  const { id, status, error, request, report } = lab;
  const { metric, k } = request;
  const name = metric === 'mrr' ? 'MRR' : `${metric === 'ndcg' ? 'nDCG' : 'recall'}@${k}`;
  const sorted = report.configurations.toSorted((one, other) => valueOf(other, lab) - valueOf(one, lab));
  const hasCost = sorted.some(({ cost }) => cost !== undefined);
  const hasConfusions = sorted.some(({ confusions }) => confusions !== undefined);
  const rows = sorted.map((score) => [
    String(score.number),
    textOf(score),
    score.means === undefined ? '' : score.means[metric].toFixed(3),
    ...(hasConfusions ? [confusionText(score)] : []),
    score.searchMs === undefined ? '' : `${score.searchMs.toFixed(1)} ms`,
    ...(hasCost ? [costText(score)] : []),
    score.status === 'done' ? (report.front.includes(score.number) ? 'best at its speed' : '') : score.status,
  ]);
  const skipped = report.skipped === 0 ? '' : `, ${report.skipped} rows skipped`;
  return [
    `Lab ${id} is ${status}${error === undefined ? '' : `: ${error.message}`} (${report.questions} questions${skipped}).`,
    ...table([
      [
        ...['', 'configuration', name],
        ...(hasConfusions ? [`confusions@${k}`] : []),
        'search',
        ...(hasCost ? ['1,000 questions'] : []),
        '',
      ],
      ...rows,
    ]),
    ...bestLines(lab, name),
    ...learntLines(lab, name),
  ];
}

const confusionText = ({ confusions }: LabScore): string =>
  confusions === undefined ? '' : `${(confusions.share * 100).toFixed(1)} % of ${confusions.questions}`;

const costText = ({ cost }: LabScore): string =>
  cost === undefined ? '' : `${cost.perThousand.toFixed(2)} ${cost.currency}`;

const valueOf = ({ means, status }: LabScore, { request }: Lab): number =>
  // A configuration that was measured on fewer questions ranks below those measured on all.
  (means?.[request.metric] ?? -1) - (status === 'done' ? 0 : 1);

function textOf({ number, index: { embedding, splitter }, search }: LabScore): string {
  const { kind, maxTokens, overlapTokens, parentTokens, context, header } = splitter;
  const parent = parentTokens === undefined ? '' : ` of ${parentTokens}`;
  const returned = search.returns === undefined ? '' : `, returns ${search.returns}`;
  const weight = search.weight === undefined ? '' : ` ${search.weight}`;
  const titles = search.titleWeight === undefined ? '' : `, titles ${search.titleWeight}`;
  const diversity = search.diversity === 0 ? '' : `, diversity ${search.diversity}`;
  const graph = search.graphWeight === undefined ? '' : `, graph ${search.graphWeight}`;
  const { reranker, rewrite } = search;
  const rewritten = rewrite === undefined ? '' : `, ${rewrite.kind} by ${rewrite.model}`;
  const ranked = reranker === undefined ? '' : `, ${reranker.model} over ${reranker.candidates}`;
  const headed = header === undefined ? '' : `, headers by ${header.model}`;
  const about = `${context === true ? 'with context' : 'without context'}${headed}`;
  const text = `${embedding}, ${kind} ${maxTokens}/${overlapTokens}${parent} ${about}, ${search.mode}${weight}${titles}${diversity}${graph}${returned}${ranked}${rewritten}`;
  return number === 1 ? `${text} (as it is)` : text;
}

function learntLines({ report: { best } }: Lab, name: string): readonly string[] {
  if (best?.learnt === undefined) return [];
  const { number, questions, difference, verdict } = best.learnt;
  const held = `${name} ${difference < 0 ? '' : '+'}${difference.toFixed(3)} on questions that took no part in the choice`;
  return [
    verdict === 'better'
      ? `Learnt from ${questions} questions: number ${number} is better, ${held}. --apply sets it.`
      : `Learnt from ${questions} questions: nothing is proved better (${held}), so the search stays.`,
  ];
}

function bestLines({ report: { best } }: Lab, name: string): readonly string[] {
  if (best === undefined) return [];
  if (best.verdict === 'same') return ['Nothing beats the collection as it is.'];
  const { low, high } = best.interval ?? { low: Number.NaN, high: Number.NaN };
  const difference = `${best.difference.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
  return best.verdict === 'better'
    ? [
        `Number ${best.number} is better than the collection as it is: ${name} +${difference}, corrected p ${best.p.toFixed(4)}.`,
      ]
    : [
        `Number ${best.number} has the best mean, ${name} +${difference}, but that is not proved: corrected p ${best.p.toFixed(2)}.`,
      ];
}
