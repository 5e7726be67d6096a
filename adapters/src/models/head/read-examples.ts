import { HeddleError } from '@heddle/core';
import { z } from 'zod';

/** One line of training data: a text, the labels that it has (an empty list if none), and the labels that are unknown for it. */
const HeadExample = z.object({
  text: z.string().min(1).max(100_000),
  labels: z.array(z.string().min(1).max(64)).max(64),
  unknown: z.array(z.string().min(1).max(64)).max(256).default([]),
});
type HeadExample = z.infer<typeof HeadExample>;

/** The least texts with a label: with fewer, its quality cannot be measured. */
const fewestTexts = 4;
const mostExamples = 100_000;

/** Reads training data: JSON lines of `{ "text", "labels" }`. Leaves out duplicate texts. Errors: `bad_request` with the line. */
export function readExamples(jsonl: string): {
  readonly examples: readonly HeadExample[];
  readonly labels: readonly string[];
} {
  const byText = new Map<string, HeadExample>();
  jsonl.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const parsed = HeadExample.safeParse(parse(line));
    if (!parsed.success)
      throw new HeddleError(
        'bad_request',
        `Line ${index + 1} is not an example: write {"text": "…", "labels": ["…"]}. ${z.prettifyError(parsed.error)}`,
        { details: { line: index + 1 } },
      );
    const both = parsed.data.unknown.find((label) => parsed.data.labels.includes(label));
    if (both !== undefined)
      throw new HeddleError(
        'bad_request',
        `Line ${index + 1} has the label '${both}' and also lists it as unknown: remove one.`,
        {
          details: { line: index + 1 },
        },
      );
    byText.set(parsed.data.text, parsed.data);
  });
  const examples = [...byText.values()];
  if (examples.length > mostExamples)
    throw new HeddleError(
      'bad_request',
      `There are ${examples.length} examples, but at most ${mostExamples} can be used for training.`,
    );
  const labels = [...new Set(examples.flatMap((example) => example.labels))].sort();
  if (labels.length === 0) throw new HeddleError('bad_request', 'No example has a label: there is nothing to learn.');
  for (const label of labels) {
    const known = examples.filter((example) => !example.unknown.includes(label));
    const having = known.filter((example) => example.labels.includes(label)).length;
    const [few, what] = having < fewestTexts ? [having, 'with'] : [known.length - having, 'without'];
    if (few < fewestTexts)
      throw new HeddleError(
        'bad_request',
        `Only ${few} ${few === 1 ? 'text is' : 'texts are'} ${what} the label '${label}': give at least ${fewestTexts} of each, better some hundred.`,
        { details: { label } },
      );
  }
  return { examples, labels };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
