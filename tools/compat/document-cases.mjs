import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, preparePython } from './prepare-partners.mjs';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'clients', 'terms_of.py');

/** Source packages of other parsers, which contain the files that they are tested with. */
const packages = [
  ...['python-docx==1.2.0', 'python-pptx==1.0.2', 'odfpy==1.4.1', 'oletools==0.60.2', 'pyexcel-xls==0.7.1'],
  ...['xlutils==2.0.0', 'mail-parser==4.8.0', 'nbformat==5.11.1', 'html2text==2025.4.15', 'pypdf==7.1.1'],
];
/** Whether a file is a document; the mails of one package have no file extension. */
const isDocument = (path) =>
  !/(?:^|\/)(?:\.tox|\.git)\//.test(path) &&
  (/\.(?:pdf|docx?|docm|dot[xm]?|xls[xmb]?|xlt|pptx?|pptm|pps[xm]?|pot[xm]|od[tsp]|rtf|msg|eml|ipynb|html?|xml|epub|tiff?|png|jpe?g|gif|csv|rst)$/i.test(
    path,
  ) ||
    /\/mails\/[^/]+$/.test(path));

/** The maximum share of words that another program finds and our document lacks. Programs differ in where they end a word. */
const missingShare = 0.02;

/** Files for which the other programs are wrong, with the reason. */
const explained = {
  'pypdf-7.1.1/resources/AutoCad_Diagram.pdf': 'pypdf joins the labels of a drawing: 15.08, ringOuter',
};

async function prepareSets() {
  const partner = await preparePython('parser-sets', ['pypdf==6.1.1', 'xlrd==2.0.2', 'cryptography']);
  if (partner.skip !== undefined) return partner;
  const root = join(cacheFolder, 'parser-sets', 'files');
  for (const wanted of packages) {
    const folder = join(root, wanted.split('==')[0]);
    if (existsSync(join(folder, '.ready'))) continue;
    mkdirSync(folder, { recursive: true });
    process.stderr.write(`Downloading the test files of ${wanted} once…\n`);
    try {
      await run(partner.python, [
        ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'],
        ...['--no-binary', wanted.split('==')[0], '-d', folder, wanted],
      ]);
      for (const archive of readdirSync(folder)) await unpack(partner.python, join(folder, archive), folder);
    } catch (error) {
      return { skip: `${wanted} could not be downloaded: ${String(error.message).split('\n')[0]}` };
    }
    writeFileSync(join(folder, '.ready'), '');
  }
  return { ...partner, root };
}

const unpack = (python, archive, folder) =>
  run(python, ['-c', 'import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2])', archive, folder]);

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Imports the files and gives the outcome of each: right, refused with an error code, or wrong. */
async function importSet(root, folder, terms) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const { createFakeEmbedder } = await import('@heddle/core/testing');
  const documents = createDocuments();
  const embedded = createEmbeddedStore({ file: join(folder, `${root.split('/').at(-1)}.db`) });
  const embedder = createFakeEmbedder({ id: 'fake' });
  const tokenizer = { id: 'letters', count: (text) => offsetsOf(text).length, offsets: offsetsOf };
  const collections = createCollections({
    ...{ embedded, documents, embedder: async () => embedder, tokenizer: async () => tokenizer },
    modelExists: () => true,
  });
  try {
    const collection = await collections.create({ name: 'files', embedding: 'fake' });
    const paths = [...filesBelow(root)].filter((path) => isDocument(relative(root, path)));
    const inputs = paths.map((path) => ({ id: relative(root, path), content: readFileSync(path) }));
    const report = await collection.ingest(inputs);
    const outcomes = new Map(report.failures.map(({ document, code }) => [document, code]));
    for (const { id } of inputs) {
      const found = terms[id]?.length ?? 0;
      if (outcomes.get(id) === 'document_empty' && found > 0)
        outcomes.set(id, `wrong: empty, and others find ${found} terms`);
      if (outcomes.has(id)) continue;
      outcomes.set(id, (await outcomeOf(collection, id, terms[id])) ?? 'right');
    }
    return { files: inputs.map(({ id }) => [id, outcomes.get(id)]), parts: report.documents - inputs.length };
  } finally {
    await documents.close();
    await embedded.close();
  }
}

const offsetsOf = (text) =>
  [...text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)].map(({ index, 0: word }) => [index, index + word.length]);

/**
 * Describes what is wrong with an imported document: it is missing, or lacks terms that another program finds. Undefined if it is right.
 */
async function outcomeOf(collection, id, terms) {
  const passages = await collection.passages(id);
  if (passages.length === 0) {
    // A file with records becomes several documents.
    const all = await collection.documents({ after: `${id}#`, limit: 1 });
    return all[0]?.id.startsWith(`${id}#`) ? undefined : 'wrong: no passages';
  }
  if (terms === undefined || terms.length === 0) return undefined;
  const text = passages
    .map((passage) => `${passage.text} ${(passage.place?.headings ?? []).join(' ')} ${passage.title ?? ''}`)
    .join('\n')
    .toLowerCase()
    .normalize('NFKC');
  const joined = text.replaceAll(/\s+/g, '');
  // On some pages, the other programs join terms. A term also counts as found if it occurs in our text without its spaces, unless only we
  // split it.
  const lacks = (word) => !text.includes(word) && (!joined.includes(word) || isCut(text, word));
  const missing = terms.filter((word) => lacks(word.normalize('NFKC')));
  return missing.length > Math.max(1, terms.length * missingShare)
    ? `wrong: lacks ${missing.length} of ${terms.length} terms, such as ${missing.slice(0, 6).join(', ')}`
    : undefined;
}

/** Whether a text contains a word as single letters with spaces between them, or with a space after its first or before its last letter. */
const isCut = (text, word) =>
  text.includes([...word].join(' ')) ||
  text.includes(`${word.slice(0, -1)} ${word.slice(-1)} `) ||
  text.includes(`${word.slice(0, 1)} ${word.slice(1)} `);

async function readParserSets({ partner: { python, root }, report, folder }) {
  mkdirSync(folder, { recursive: true });
  const totals = { files: 0, right: 0, refused: 0, parts: 0 };
  for (const name of readdirSync(root).sort())
    await report(`every file of ${name} is right, or refused with a reason`, async () => {
      const set = join(root, name);
      const { stdout } = await run(python, [script, set], { maxBuffer: 200_000_000 });
      const { files, parts } = await importSet(set, folder, JSON.parse(stdout));
      const wrong = files.filter(
        ([id, outcome]) => explained[id] === undefined && !/^(?:right|document_[a-z_]+)$/.test(outcome ?? 'wrong'),
      );
      const right = files.filter(([id, outcome]) => outcome === 'right' || explained[id] !== undefined).length;
      const refused = files.length - right - wrong.length;
      process.stderr.write(
        `    ${name}: ${files.length} files, ${right} right, ${refused} refused, ${wrong.length} wrong; ${parts} attachments and records\n`,
      );
      if (process.env.HEDDLE_COMPAT_LIST !== undefined)
        for (const [id, outcome] of files) if (outcome !== 'right') process.stderr.write(`      ${id}: ${outcome}\n`);
      totals.files += files.length;
      totals.right += right;
      totals.refused += refused;
      totals.parts += parts;
      if (files.length === 0) throw new Error('it has no files');
      if (wrong.length > 0) throw new Error(wrong.map(([id, outcome]) => `${id}: ${outcome}`).join('\n'));
    });
  process.stderr.write(
    `    all: ${totals.files} files, ${totals.right} right, ${totals.refused} refused; ${totals.parts} attachments and records\n`,
  );
}

const pagesScript = join(import.meta.dirname, 'clients', 'pdf_pages.py');
/** PDFs from the tests of another program: a paper in two columns, instructions in three, a form, slides. */
const papers = {
  package: 'pdfminer==20191125',
  names: /nonfree\/(?:naacl06-shinyama|i1040nr|f1040nr|nlp2004slides|dmca)\.pdf$/,
};
/**
 * The maximum share of terms that the other program sees in the box of a line and our line lacks. Forms set letters apart, and programs
 * join them differently.
 */
const wrongShare = { 'f1040nr.pdf': 0.15, '': 0.02 };

async function preparePages() {
  const partner = await preparePython('pdf-pages', ['pdfplumber==0.11.10', 'reportlab==5.1.0']);
  if (partner.skip !== undefined) return partner;
  const root = join(cacheFolder, 'pdf-pages', 'files');
  if (!existsSync(join(root, '.ready'))) {
    mkdirSync(root, { recursive: true });
    try {
      await run(partner.python, [
        ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'],
        ...['--no-binary', ':all:', '-d', root, papers.package],
      ]);
      for (const archive of readdirSync(root)) await unpack(partner.python, join(root, archive), root);
    } catch (error) {
      return { skip: `${papers.package} could not be downloaded: ${String(error.message).split('\n')[0]}` };
    }
    writeFileSync(join(root, '.ready'), '');
  }
  return { ...partner, root };
}

/** Checks that papers in columns are read in the right order, and that the boxes of lines are where another program sees the terms. */
async function readPages({ partner: { python, root }, report, folder }) {
  const { createDocuments } = await import('@heddle/adapters/documents');
  const documents = createDocuments();
  const read = (file) => documents.parse(readFileSync(file), { name: file });
  mkdirSync(folder, { recursive: true });
  try {
    await run(python, [pagesScript, 'write', folder]);
    const orders = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8'));
    for (const [name, sentences] of Object.entries(orders))
      await report(`${name} is read in the order in which it was written`, async () => {
        const { text } = await read(join(folder, name));
        const flat = text.replaceAll(/^#+ /gm, '').replaceAll(/\s+/g, ' ');
        const positions = sentences.map((sentence) => flat.indexOf(sentence));
        const wrong = sentences.filter((_, at) => positions[at] < 0 || positions[at] < (positions[at - 1] ?? 0));
        if (wrong.length > 0)
          throw new Error(`${wrong.length} of ${sentences.length}: ${wrong.slice(0, 3).join(' | ')}`);
      });
    const files = [
      ...Object.keys(orders).map((name) => join(folder, name)),
      ...[...filesBelow(root)].filter((path) => papers.names.test(path)),
    ];
    for (const file of files) {
      const name = file.split('/').at(-1);
      await report(`the boxes of ${name} hold the terms of their lines`, async () => {
        const { stdout } = await run(python, [pagesScript, 'terms', file], { maxBuffer: 200_000_000 });
        const { terms, wrong, examples } = comparedBoxes(await read(file), JSON.parse(stdout));
        process.stderr.write(`    ${name}: ${terms} terms in boxes, ${wrong} not of their line\n`);
        if (terms < 100) throw new Error(`only ${terms} terms are in boxes`);
        if (wrong > terms * (wrongShare[name] ?? wrongShare[''])) throw new Error(examples.join(', '));
      });
    }
  } finally {
    await documents.close();
  }
}

function comparedBoxes({ text, boxes }, pages) {
  const found = { terms: 0, wrong: 0, examples: [] };
  const { lines } = boxes;
  const plain = (part) => part.replaceAll(/\s/g, '');
  for (let at = 0; at < lines.length; at += 6) {
    const [offset, page, left, top, right, bottom] = lines.subarray(at, at + 6);
    const line = plain(text.slice(offset, at + 6 < lines.length ? lines[at + 6] : text.length));
    for (const [term, x0, y0, x1, y1] of pages[page - 1][2]) {
      const x = ((x0 + x1) / 2) * 10;
      const y = ((y0 + y1) / 2) * 10;
      if (x < left || x > right || y < top || y > bottom) continue;
      found.terms += 1;
      // A hyphen at the end of a line may be missing in our text.
      if (line.includes(plain(term)) || line.includes(plain(term).replace(/-$/, ''))) continue;
      found.wrong += 1;
      if (found.examples.length < 5) found.examples.push(`${term} in “${line.slice(0, 40)}”`);
    }
  }
  return found;
}

export const documentCases = [
  {
    ...{ name: 'pdf-pages', title: 'order and boxes of PDF pages (pdfplumber, ReportLab)', isPlain: true },
    needs: preparePages,
    run: readPages,
  },
  {
    ...{ name: 'parser-sets', title: 'test files of document parsers (Python)', isPlain: true },
    needs: prepareSets,
    run: readParserSets,
  },
];
